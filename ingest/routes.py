"""What the door does with a request: who asks, what is in the body, is it stored, what came."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import orjson
from fastapi import FastAPI, Request
from starlette.responses import Response
from starlette.types import Receive, Scope

from core.errors import BadInput, BodyTooLarge, Conflict, MalformedBody
from ingest import tables
from ingest.advice import CONFLICT
from ingest.auth import Doorkeeper
from ingest.batches import Batch, Receipt
from ingest.body import check_headers, inflate, read_body, split_records
from ingest.drain import Drain
from ingest.journal import Journal
from ingest.metrics import Metrics
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
    metrics: Metrics
    lake_dir: Path
    max_body_bytes: int
    max_rows: int

    async def accept(
        self, kind: Kind, scope: Scope, headers: dict[bytes, bytes], receive: Receive
    ) -> Response:
        """Returns the answer to a POST of records; what it calls accepted is on disk.

        Raises:
            WorkbenchError: nothing of the request is stored, or with Unavailable it is not known.
        """
        now = datetime.now(UTC)
        is_signed = self.doorkeeper.is_signed(headers)
        if not is_signed:
            authorization = headers.get(b"authorization", b"")
            principal = self.doorkeeper.admit(authorization, "ingest:write", now)
        self.journal.refuse_when_overloaded()
        flags = _flags(scope["query_string"])
        media_type, is_gzip = self._check_headers(headers)
        sent = await read_body(receive, self.max_body_bytes)
        if is_signed:
            principal = self.doorkeeper.admit_signed(headers, sent, now)
        body = inflate(sent, self.max_body_bytes) if is_gzip else sent
        raws, is_single = split_records(body, media_type, self.max_rows)
        entries, refusals = check_records(kind, raws)
        if is_single and refusals and refusals[0].is_unreadable:
            raise MalformedBody(refusals[0].errors[0]["detail"])
        batch = Batch(
            kind=kind.name,
            entries=entries,
            refusals=refusals,
            request_id=scope["state"]["request_id"],
            sender=principal.subject,
            received_at=now.isoformat(timespec="microseconds"),
            is_backfill=_flag(flags, "backfill"),
            is_strict=b"handling=strict" in headers.get(b"prefer", b"").replace(b" ", b"").lower(),
            is_dry_run=_flag(flags, "dry_run"),
            idempotency_key=_idempotency_key(headers),
            body_digest=sha256(sent).hexdigest() if b"idempotency-key" in headers else "",
        )
        receipt = await self.journal.append(batch)
        response = _answer(kind, batch, receipt)
        _echo(headers, receipt, response)
        return response

    def _check_headers(self, headers: dict[bytes, bytes]) -> tuple[str, bool]:
        encoding = headers.get(b"content-encoding", b"")
        media_type = check_headers(headers.get(b"content-type", b""), encoding)
        if int(headers.get(b"content-length", 0)) > self.max_body_bytes:
            raise BodyTooLarge(f"Send at most {self.max_body_bytes} bytes a request.")
        return media_type, encoding.lower() == b"gzip"


def add_routes(app: FastAPI) -> None:
    """Adds the routes as plain Starlette ones: FastAPI's own cost twice the time of a request.

    A POST of records does not even come this far, unless `ingest.edge` is left out.
    """
    for kind in KINDS.values():
        app.add_route(f"/v1/{kind.name}", _accept(kind), methods=["POST"])
    app.add_route("/healthz", _healthz, methods=["GET"])
    app.add_route("/readyz", _readyz, methods=["GET"])


def _accept(kind: Kind) -> Callable[[Request], Awaitable[Response]]:
    async def accept(request: Request) -> Response:
        door: Door = request.app.state.door
        return await door.accept(kind, request.scope, dict(request.headers.raw), request.receive)

    return accept


def _idempotency_key(headers: dict[bytes, bytes]) -> str | None:
    sent = headers.get(b"idempotency-key")
    if sent is None:
        return None
    key = sent.decode("latin-1").strip('"')  # the draft wants quotes, and many forget them
    if not 1 <= len(key) <= 255 or not key.isascii() or not key.isprintable():
        raise BadInput("Send an Idempotency-Key of 1 to 255 printable ASCII characters.")
    return key


def _echo(headers: dict[bytes, bytes], receipt: Receipt, response: Response) -> None:
    for name in (b"idempotency-key", b"webhook-id"):
        if name in headers:
            response.raw_headers.append((name, headers[name]))
    if receipt.is_replayed:
        response.raw_headers.append((b"idempotent-replayed", b"true"))


def _flags(query: bytes) -> dict[str, str]:
    return dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True)) if query else {}


def _flag(flags: dict[str, str], name: str) -> bool:
    value = flags.get(name, "false").lower()
    if value not in ("true", "false"):
        raise BadInput(f"Send {name}=true or {name}=false.")
    return value == "true"


class _Stored(Response):
    """The usual answer, without all that Starlette does for answers of any kind."""

    def __init__(self, accepted: int, duplicates: int, request_id: str) -> None:
        self.status_code, self.background = 202, None
        self.body = b'{"accepted":%d,"duplicates":%d,"rejected":[],"request_id":"%b"}' % (
            accepted,
            duplicates,
            request_id.encode(),
        )
        length = b"%d" % len(self.body)
        self.raw_headers = [(b"content-length", length), (b"content-type", b"application/json")]


def _answer(kind: Kind, batch: Batch, receipt: Receipt) -> Response:
    if batch.is_plain and not receipt.conflicts:
        return _Stored(receipt.accepted, receipt.duplicates, batch.request_id)
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
    content = orjson.dumps(members | {"request_id": batch.request_id})
    return Response(content, 200 if batch.is_dry_run else 202, media_type="application/json")


def _refuse(batch: Batch, refusals: list[Refusal], members: dict[str, Any]) -> Response:
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
        door.doorkeeper.admit(authorization.encode("latin-1"), "ingest:read", datetime.now(UTC))
        content |= await door.journal.run(tables.counts)
        content |= {"waiting": door.journal.waiting, "disk_free_bytes": usage.free}
        content["reasons"] = [reason for reason, is_so in reasons.items() if is_so]
    status = 200 if is_ready else 503
    return Response(orjson.dumps(content), status, media_type="application/json")
