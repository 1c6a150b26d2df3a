"""What may go wrong in the sessions to come, and how first sessions went."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.dependencies import ReadingDep
from api.envelopes import ListOut
from api.examples import risks as examples
from api.examples.common import listed
from api.parameters import PatternQuery, RiskQuery
from api.queries import risks as queries
from api.routes.answers import documented
from api.schemas.risks import FirstSessionPatternOut, UpcomingRiskOut

router = APIRouter(prefix="/v1", tags=["risks"])


@router.get(
    "/upcoming-risk",
    response_model=ListOut[UpcomingRiskOut],
    responses=documented(listed(examples.UPCOMING_RISK), is_paged=True),
)
def list_upcoming_risks(reading: ReadingDep, query: Annotated[RiskQuery, Query()]) -> Response:
    """Risks of the sessions to come, highest first: one row per session and kind of risk."""
    span = reading.span(query)
    page = queries.list_upcoming_risks(reading.snapshot, span, **query.filters())
    return reading.page(UpcomingRiskOut, page, span, query)


@router.get(
    "/first-sessions",
    response_model=ListOut[FirstSessionPatternOut],
    responses=documented(listed(examples.FIRST_SESSION_PATTERN), is_paged=True),
)
def list_first_session_patterns(
    reading: ReadingDep, query: Annotated[PatternQuery, Query()]
) -> Response:
    """How first sessions went by tutor, subject, part of the day or grade; made once a night."""
    span = reading.span(query)
    page = queries.list_first_session_patterns(reading.snapshot, span, **query.filters())
    return reading.page(FirstSessionPatternOut, page, span, query)
