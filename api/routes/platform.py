"""The platform as a whole: its days, and how fresh the published set is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.dependencies import ReadingDep
from api.envelopes import ListOut
from api.examples import platform as examples
from api.examples.common import listed
from api.parameters import Chosen, PlatformQuery
from api.queries import platform as queries
from api.routes.answers import documented
from api.schemas.platform import FreshnessOut, PlatformDayOut

router = APIRouter(prefix="/v1", tags=["platform"])


@router.get(
    "/platform/days",
    response_model=ListOut[PlatformDayOut],
    responses=documented(listed(examples.PLATFORM_DAY, 1)),
)
def list_platform_days(reading: ReadingDep, query: Annotated[PlatformQuery, Query()]) -> Response:
    """Each business day's counts and rates with their 90 % intervals, oldest first."""
    rows = queries.list_platform_days(reading.snapshot, query.days)
    return reading.whole(PlatformDayOut, rows, query)


@router.get("/freshness", response_model=FreshnessOut, responses=documented(examples.FRESHNESS))
def read_freshness(reading: ReadingDep, query: Annotated[Chosen, Query()]) -> Response:
    """How fresh and how complete the published set is."""
    return reading.row(FreshnessOut, queries.find_freshness(reading.snapshot), query)
