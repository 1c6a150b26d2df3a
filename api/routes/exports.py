"""Marts as files, whole or as a page shows them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import StreamingResponse

from api.caller import Caller
from api.dependencies import CallerDep, WebDep, open_reading, require_caller
from api.export_files import csv_chunks, facts_of, parquet_chunks
from api.parameters import ExportQuery
from api.queries.exports import EXPORTS, choose_export
from api.reading import headers_of
from api.routes.answers import documented
from core.errors import NotFound
from core.selection import NOBODYS
from core.snapshot import Snapshot

router = APIRouter(prefix="/v1/export", tags=["exports"])
_TYPES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
_WRITERS = {"csv": csv_chunks, "parquet": parquet_chunks}
_EXAMPLE = (
    "outage_reason,started_at,ended_at,note,session_count,failed_count,"
    "set_number,set_as_of,set_formula_version\r\n"
    '"declared",2026-11-12T20:00:00.000000Z,2026-11-12T21:30:00.000000Z,"video was down",61,44,'
    '42,"2026-11-22T16:00:00Z",1\r\n'
)
_FILES = {
    "content": {
        "text/csv": {"example": _EXAMPLE, "schema": {"type": "string"}},
        _TYPES["parquet"]: {"schema": {"type": "string", "format": "binary"}},
    }
}


def _snapshot(
    request: Request, web: WebDep, caller: CallerDep, query: Annotated[ExportQuery, Query()]
) -> Snapshot:
    rights = caller.selection if caller else NOBODYS
    chosen = rights.narrowed(query.team, query.subject, query.tenure, query.zone)
    return open_reading(request, web, chosen).snapshot


@router.get(
    "/{mart}.{kind}",
    response_class=StreamingResponse,
    responses=documented({}, has_id=True) | {200: _FILES},
)
def export_mart(
    snapshot: Annotated[Snapshot, Depends(_snapshot)],
    caller: Annotated[Caller, Depends(require_caller)],
    mart: str,
    kind: Literal["csv", "parquet"],
    query: Annotated[ExportQuery, Query()],
) -> StreamingResponse:
    """A mart of the published set as a file, in no order; see the warehouse's documents.

    Parquet has set, as-of moment and formula version in its metadata, CSV in its last columns.
    CSV puts text in quotes, leaves null empty, and an apostrophe before what a spreadsheet would
    run as a formula. Student ids are for analysts, admins and tokens: files of others have no such
    column.
    """
    if mart not in EXPORTS:
        raise NotFound(f"No such mart is exported. There are: {', '.join(EXPORTS)}")
    export = choose_export(snapshot, mart, query, with_students=caller.may_export_students)
    chunks = _WRITERS[kind](snapshot, export, facts_of(snapshot))
    name = f"{mart}-set{snapshot.published.number}.{kind}"
    disposition = {"content-disposition": f'attachment; filename="{name}"'}
    headers = headers_of(snapshot.published) | disposition
    return StreamingResponse(chunks, media_type=_TYPES[kind], headers=headers)
