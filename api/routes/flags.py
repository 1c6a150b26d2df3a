"""Flags, and the list of tutors who need attention."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api import examples, queries
from api.dependencies import SnapshotDep
from api.envelopes import ListOut
from api.parameters import FlagQuery, Paging
from api.routes.answers import documented, one_page
from api.schemas import FlagOut, NeedsAttentionOut

router = APIRouter(prefix="/v1", tags=["flags"])


@router.get("/flags", responses=documented(examples.listed(examples.FLAG)))
def list_flags(snapshot: SnapshotDep, query: Annotated[FlagQuery, Query()]) -> ListOut[FlagOut]:
    """Flags that were raised, newest first, with the evidence each one rests on."""
    page = queries.list_flags(snapshot, **query.model_dump())
    return one_page(ListOut[FlagOut], page, snapshot, query.limit, query.offset)


@router.get("/needs-attention", responses=documented(examples.listed(examples.NEEDS_ATTENTION)))
def list_needs_attention(
    snapshot: SnapshotDep, query: Annotated[Paging, Query()]
) -> ListOut[NeedsAttentionOut]:
    """Tutors with an open flag, most pressing first, with up to three reasons each."""
    page = queries.list_needs_attention(snapshot, query.limit, query.offset)
    return one_page(ListOut[NeedsAttentionOut], page, snapshot, query.limit, query.offset)
