"""Routes for those who look after ingest: receipts, quarantine, figures; each wants a token."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.security import HTTPBearer
from starlette.responses import PlainTextResponse, Response

from core.contract import ID_PATTERN
from core.errors import NotFound
from ingest import quarantine, tables
from ingest.metrics import CONTENT_TYPE
from ingest.receipts import find_arrivals, known_versions, receipt
from ingest.records import KINDS
from ingest.routes import Door

_BEARER = HTTPBearer(auto_error=False, scheme_name="token", description="workbench token")
_MOST = 2**63 - 1  # SQLite knows no larger number
Limit = Annotated[int, Query(ge=1, le=1_000)]


def _allowed(scope: str) -> Callable[..., Door]:
    def admit(request: Request, _: Annotated[object, Depends(_BEARER)]) -> Door:
        door: Door = request.app.state.door
        sent = request.headers.get("authorization", "").encode("latin-1")
        door.doorkeeper.admit(sent, scope, datetime.now(UTC))
        return door

    return admit


Reader = Annotated[Door, Depends(_allowed("ingest:read"))]
Writer = Annotated[Door, Depends(_allowed("ingest:write"))]
_PROBLEMS = {
    401: "No valid token. Make one with: workbench token --scope ingest:read",
    403: "The token lacks the scope.",
    404: "Nothing has this id.",
    422: "A parameter is not valid.",
    429: "This sender asks too often; wait Retry-After seconds.",
    503: "Not now; ask again after Retry-After seconds.",
}
_CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


class _Bytes(Response):
    media_type = "application/octet-stream"


router = APIRouter(
    responses={code: {"description": text, "content": _CONTENT} for code, text in _PROBLEMS.items()}
)


@router.get("/v1/sessions/{session_id}/receipt")
async def read_receipt(
    door: Reader, session_id: Annotated[str, Path(pattern=ID_PATTERN)]
) -> Response:
    """What is stored of a session: every version, when it came, from whom, and in which file."""
    kind = KINDS["sessions"]
    versions = await door.journal.run(partial(known_versions, kind=kind, record_id=session_id))
    if not versions:
        raise NotFound("No version of a session with this id was ever accepted.")
    arrivals = await asyncio.to_thread(find_arrivals, kind.datasets[0], door.lake_dir, session_id)
    return _json({"session_id": session_id, "versions": receipt(versions, arrivals)})


@router.get("/v1/quarantine")
async def list_quarantine(
    door: Reader, limit: Limit = 100, after: Annotated[int, Query(ge=0, le=_MOST)] = 0
) -> Response:
    """Refused records with the reasons, oldest first; `next` is where the following page begins."""
    refused = await door.journal.run(partial(quarantine.list_refused, limit=limit, after=after))
    following = refused[-1]["id"] if len(refused) == limit else None
    return _json({"items": refused, "next": following})


@router.get("/v1/quarantine/{record_id}", response_class=_Bytes)
async def read_quarantined(
    door: Reader, record_id: Annotated[int, Path(ge=0, le=_MOST)]
) -> Response:
    """The bytes of one refused record, exactly as they were sent. They may name people."""
    raw = await door.journal.run(partial(quarantine.read_refused, record_id=record_id))
    return Response(raw, media_type="application/octet-stream")


@router.post("/v1/quarantine/replay")
async def replay_quarantine(
    door: Writer, request: Request, upto: Annotated[int | None, Query(ge=0, le=_MOST)] = None
) -> Response:
    """Tries refused records again, up to 1,000, after what refused them was put right."""
    replayed = await door.journal.run(
        partial(
            quarantine.replay,
            upto=upto,
            received_at=datetime.now(UTC).isoformat(timespec="microseconds"),
            request_id=request.state.request_id,
        )
    )
    return _json(asdict(replayed))


@router.get("/metrics", response_class=PlainTextResponse)
async def read_metrics(door: Reader) -> Response:
    """Figures in Prometheus's text form."""
    oldest = await door.journal.run(tables.oldest_undrained)
    figures = door.metrics.render(door.journal, oldest, datetime.now(UTC))
    return Response(figures, media_type=CONTENT_TYPE)


def _json(content: dict[str, Any]) -> Response:
    return Response(orjson.dumps(content), media_type="application/json")
