"""The door itself: who asks, what is in the body, is it stored, what became of each record."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from fastapi import FastAPI, Request
from starlette.responses import Response

from core.errors import BadInput, BodyTooLarge, Conflict
from ingest import tables
from ingest.advice import CONFLICT
from ingest.auth import Doorkeeper
from ingest.body import check_headers, read_body, split_records
from ingest.drain import Drain
from ingest.journal import Journal
from ingest.problems import problem
from ingest.records import KINDS, Kind, Refusal, check_records

_READY_BYTES = 2**30
_READY_SHARE = 0.05
_NONE_VALID = "No record is valid. See rejected for what to change in each; nothing else is stored."
_STRICT = "Not every record is valid, and handling=strict was asked for: nothing is stored."
_CONFLICT = "Stored before with other content; nothing was changed. See rejected for what to do."


@dataclass(frozen=True)
class Door:
    """What the routes need: who may enter, where records go, and the limits on a body."""

    doorkeeper: Doorkeeper
    journal: Journal
    drain: Drain
    max_body_bytes: int
    max_rows: int


def add_routes(app: FastAPI) -> None:
    """Adds the routes as plain Starlette ones: FastAPI's own cost twice the time of a request."""
    for kind in KINDS.values():
        app.add_route(f"/v1/{kind.name}", _accept(kind), methods=["POST"])
    app.add_route("/healthz", _healthz, methods=["GET"])
    app.add_route("/readyz", _readyz, methods=["GET"])


def _accept(kind: Kind) -> Callable[[Request], Awaitable[Response]]:
    async def accept(request: Request) -> Response:
        door: Door = request.app.state.door
        now = datetime.now(UTC)
        authorization = request.headers.get("authorization", "")
        sender = door.doorkeeper.admit(authorization, "ingest:write", now).subject
        door.journal.refuse_when_overloaded()
        raws = await _raw_records(request, door)
        batch = _batch(request, kind, raws, sender, now)
        receipt = await door.journal.append(batch)
        return _answer(kind, batch, receipt)

    return accept


async def _raw_records(request: Request, door: Door) -> list[bytes]:
    headers = request.headers
    encoding = headers.get("content-encoding", "")
    media_type = check_headers(headers.get("content-type", ""), encoding)
    if int(headers.get("content-length", 0)) > door.max_body_bytes:
        raise BodyTooLarge(f"Send at most {door.max_body_bytes} bytes a request.")
    is_gzip = encoding.lower() == "gzip"
    body = await read_body(request.stream(), is_gzip, door.max_body_bytes)
    return split_records(body, media_type, door.max_rows)


def _batch(
    request: Request, kind: Kind, raws: list[bytes], sender: str, now: datetime
) -> tables.Batch:
    entries, refusals = check_records(kind, raws)
    return tables.Batch(
        kind=kind.name,
        entries=entries,
        refusals=refusals,
        request_id=request.state.request_id,
        sender=sender,
        received_at=now.isoformat(timespec="microseconds"),
        is_backfill=_flag(request, "backfill"),
        is_strict="handling=strict" in request.headers.get("prefer", "").replace(" ", "").lower(),
        is_dry_run=_flag(request, "dry_run"),
    )


def _flag(request: Request, name: str) -> bool:
    value = request.query_params.get(name, "false").lower()
    if value not in ("true", "false"):
        raise BadInput(f"Send {name}=true or {name}=false.")
    return value == "true"


def _answer(kind: Kind, batch: tables.Batch, receipt: tables.Receipt) -> Response:
    refusals = sorted([*batch.refusals, *receipt.conflicts])
    is_refused = batch.is_strict and bool(refusals)
    stored = 0 if is_refused else receipt.accepted
    members = {
        "accepted": stored,
        "duplicates": receipt.duplicates,
        "rejected": [_rejected(kind, refusal) for refusal in refusals],
    }
    if is_refused or not stored + receipt.duplicates:
        return _refuse(batch, refusals, members)
    content = members | {"request_id": batch.request_id}
    status = 200 if batch.is_dry_run else 202
    return Response(orjson.dumps(content), status, media_type="application/json")


def _refuse(batch: tables.Batch, refusals: list[Refusal], members: dict[str, Any]) -> Response:
    if all(refusal.errors == [CONFLICT] for refusal in refusals):
        return problem(batch.request_id, Conflict.status, Conflict.title, _CONFLICT, **members)
    detail = _STRICT if batch.is_strict else _NONE_VALID
    return problem(batch.request_id, BadInput.status, BadInput.title, detail, **members)


def _rejected(kind: Kind, refusal: Refusal) -> dict[str, Any]:
    return {"index": refusal.place, kind.key: refusal.key, "errors": refusal.errors}


async def _healthz(_: Request) -> Response:
    return Response(b'{"status":"ok"}', media_type="application/json")


async def _readyz(request: Request) -> Response:
    """Answers ready or not to everybody; why, only to a token that may read."""
    door: Door = request.app.state.door
    usage = shutil.disk_usage(door.journal.folder)
    reasons = {
        "journal_failed": door.journal.has_failed,
        "drain_failing": door.drain.is_failing,
        "disk_nearly_full": usage.free < min(_READY_BYTES, usage.total * _READY_SHARE),
    }
    is_ready = not any(reasons.values())
    content: dict[str, Any] = {"status": "ready" if is_ready else "not ready"}
    if authorization := request.headers.get("authorization"):
        door.doorkeeper.admit(authorization, "ingest:read", datetime.now(UTC))
        content |= await door.journal.run(tables.counts)
        content |= {"waiting": door.journal.waiting, "disk_free_bytes": usage.free}
        content["reasons"] = [reason for reason, is_so in reasons.items() if is_so]
    status = 200 if is_ready else 503
    return Response(orjson.dumps(content), status, media_type="application/json")
