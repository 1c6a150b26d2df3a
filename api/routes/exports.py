"""Whole marts as files."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import StreamingResponse

from api.caller import Caller
from api.dependencies import ReadingDep, require_caller
from api.envelopes import ProblemOut
from api.export_files import csv_chunks, facts_of, parquet_chunks
from api.parameters import ExportQuery
from api.queries.exports import EXPORTS, choose_export
from api.reading import headers_of
from api.routes.answers import documented
from core.errors import NotAllowed, NotFound

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


@router.get(
    "/{mart}.{kind}",
    response_class=StreamingResponse,
    responses=documented({}, has_id=True)
    | {200: _FILES, 403: {"model": ProblemOut, "description": "It has student ids"}},
)
def export_mart(
    reading: ReadingDep,
    caller: Annotated[Caller, Depends(require_caller)],
    mart: str,
    kind: Literal["csv", "parquet"],
    query: Annotated[ExportQuery, Query()],
) -> StreamingResponse:
    """A whole mart of the published set as a file, in no order; see the warehouse's documents.

    Parquet has set, as-of moment and formula version in its metadata, CSV in its last columns.
    CSV puts text in quotes, leaves null empty, and an apostrophe before what a spreadsheet would
    run as a formula. Marts with student ids are for analysts, admins and tokens.
    """
    if mart not in EXPORTS:
        raise NotFound(f"No such mart is exported. There are: {', '.join(EXPORTS)}")
    export = choose_export(reading.snapshot, mart, query.tutor_id, query.first, query.last)
    if export.has_students and not caller.may_export_students:
        raise NotAllowed("This mart has student ids. Ask an analyst or an admin for the file.")
    chunks = _WRITERS[kind](reading.snapshot, export, facts_of(reading.snapshot))
    name = f"{mart}-set{reading.snapshot.published.number}.{kind}"
    disposition = {"content-disposition": f'attachment; filename="{name}"'}
    headers = headers_of(reading.snapshot.published) | disposition
    return StreamingResponse(chunks, media_type=_TYPES[kind], headers=headers)
