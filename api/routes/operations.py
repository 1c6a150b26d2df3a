"""Operations: how ingest is, what it refused, and the one thing to do about that here."""

from __future__ import annotations

from typing import Annotated

import duckdb
from fastapi import APIRouter, Depends, Query
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse

from api.caller import Caller
from api.dependencies import WebDep, require_caller
from api.operations_page import operations_page
from api.operations_parts import flows_part, freshness_part
from core.errors import MartsNotPublished, NotAllowed, NotFound
from core.marts import Marts, Published
from core.snapshot import Row

_TRIED = (
    "Tried again: {accepted:,} accepted, {duplicates:,} duplicates, {rejected:,} still refused."
)
# dbt's page is one file with its scripts in it; it asks nobody for anything
_DOCS_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; "
    "img-src data:; font-src data:; base-uri 'none'; frame-ancestors 'none'"
)

Counted = Annotated[int | None, Query(ge=0)]
CallerDep = Annotated[Caller, Depends(require_caller)]
router = APIRouter(include_in_schema=False)


@router.get("/operations")
def show_operations(
    web: WebDep,
    caller: CallerDep,
    after: Annotated[int, Query(ge=0)] = 0,
    accepted: Counted = None,
    duplicates: int = 0,
    rejected: int = 0,
) -> HTMLResponse:
    told = _TRIED.format(accepted=accepted or 0, duplicates=duplicates, rejected=rejected)
    page = operations_page(
        web.ingest.state(after),
        _published(web.marts),
        web.links | ({"Warehouse": "/warehouse"} if web.docs_path.exists() else {}),
        web.time_zone,
        f"<h2>How fast sessions are told</h2>{freshness_part(_days(web.marts))}"
        + flows_part(web.desks.flows, web.time_zone, web.clock()),
        caller=caller,
        is_demo=web.is_demo,
        told=told if accepted is not None else "",
    )
    return HTMLResponse(page, headers={"cache-control": "no-store"})


@router.get("/warehouse")
def show_warehouse(web: WebDep) -> FileResponse:
    if not web.docs_path.exists():
        raise NotFound("The warehouse's documentation is not made yet: workbench docs")
    return FileResponse(web.docs_path, headers={"content-security-policy": _DOCS_POLICY})


@router.post("/operations/replay")
def replay(web: WebDep, caller: CallerDep) -> RedirectResponse:
    if caller.role != "admin":
        raise NotAllowed("Only an admin may try refused records again.")
    counts = web.ingest.replay()
    query = "&".join(f"{name}={counts[name]}" for name in ("accepted", "duplicates", "rejected"))
    return RedirectResponse(f"/operations?{query}", status_code=303)


def _published(marts: Marts) -> Published | None:
    try:
        return marts.published()
    except MartsNotPublished:
        return None


def _days(marts: Marts) -> list[Row]:
    try:
        return marts.rows("SELECT * FROM rpt_freshness_days ORDER BY received_date DESC LIMIT 7")
    except (MartsNotPublished, duckdb.CatalogException):
        return []  # the page of trouble opens over a set of an earlier version too
