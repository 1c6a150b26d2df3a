"""The platform as a whole: its days, and how fresh the published set is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api import examples, queries
from api.dependencies import SnapshotDep
from api.envelopes import ListOut
from api.parameters import PlatformQuery
from api.routes.answers import documented, whole_list
from api.schemas import FreshnessOut, PlatformDayOut

router = APIRouter(prefix="/v1", tags=["platform"])


@router.get("/platform/days", responses=documented(examples.listed(examples.PLATFORM_DAY, 1)))
def list_platform_days(
    snapshot: SnapshotDep, query: Annotated[PlatformQuery, Query()]
) -> ListOut[PlatformDayOut]:
    """Each business day's counts and rates with their 90 % intervals, oldest first."""
    rows = queries.list_platform_days(snapshot, query.days)
    return whole_list(ListOut[PlatformDayOut], rows, snapshot)


@router.get("/freshness", responses=documented(examples.FRESHNESS))
def read_freshness(snapshot: SnapshotDep) -> FreshnessOut:
    """How fresh and how complete the published set is."""
    return FreshnessOut.model_validate(queries.find_freshness(snapshot))
