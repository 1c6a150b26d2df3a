"""Flags, and the list of tutors who need attention."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.dependencies import ReadingDep
from api.envelopes import ListOut
from api.examples import flags as examples
from api.examples.common import listed
from api.parameters import FlagQuery, InterventionQuery, Paging
from api.queries import flags as queries
from api.routes.answers import documented
from api.schemas.flags import FlagOut, InterventionOut, NeedsAttentionOut

router = APIRouter(prefix="/v1", tags=["flags"])


@router.get(
    "/flags",
    response_model=ListOut[FlagOut],
    responses=documented(listed(examples.FLAG), is_paged=True),
)
def list_flags(reading: ReadingDep, query: Annotated[FlagQuery, Query()]) -> Response:
    """Flags that were raised, newest first, with the evidence each one rests on."""
    span = reading.span(query)
    page = queries.list_flags(reading.snapshot, span, **query.filters())
    return reading.page(FlagOut, page, span, query)


@router.get(
    "/needs-attention",
    response_model=ListOut[NeedsAttentionOut],
    responses=documented(listed(examples.NEEDS_ATTENTION), is_paged=True),
)
def list_needs_attention(reading: ReadingDep, query: Annotated[Paging, Query()]) -> Response:
    """Tutors with an open flag, most pressing first, with up to three reasons each."""
    span = reading.span(query)
    page = queries.list_needs_attention(reading.snapshot, span)
    return reading.page(NeedsAttentionOut, page, span, query)


@router.get(
    "/interventions",
    response_model=ListOut[InterventionOut],
    responses=documented(listed(examples.INTERVENTION), is_paged=True),
)
def list_interventions(
    reading: ReadingDep, query: Annotated[InterventionQuery, Query()]
) -> Response:
    """What was done about flags and what it brought, against matched peers, latest first."""
    span = reading.span(query)
    page = queries.list_interventions(reading.snapshot, span, **query.filters())
    return reading.page(InterventionOut, page, span, query)
