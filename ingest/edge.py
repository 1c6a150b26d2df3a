"""The first code that a request meets: gives it an id, serves what takes records, hides crashes."""

from __future__ import annotations

import itertools
import logging
import re
import secrets
import traceback

from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

from core.errors import WorkbenchError
from ingest.problems import problem, refusal
from ingest.records import KINDS, Kind
from ingest.routes import Door

_log = logging.getLogger(__name__)
_SAFE_REQUEST_ID = re.compile(rb"[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}")
_KIND_AT = {f"/v1/{kind.name}": kind for kind in KINDS.values()}
_THIS_PROCESS = secrets.token_hex(6)
_NUMBERS = itertools.count(1)
_BROKEN = "Something broke here. Send the same again; if it stays, report request_id."


class IngestApp(FastAPI):
    """FastAPI, but a POST of records goes no further than here.

    FastAPI's own way to a route costs as much as all the rest of such a request.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        headers = dict(scope["headers"])
        request_id = _request_id(headers)
        scope.setdefault("state", {})["request_id"] = request_id
        kind = _KIND_AT.get(scope["path"]) if scope["method"] == "POST" else None
        try:
            if kind is None:
                await super().__call__(scope, receive, _with_id(send, request_id))
                return
            door: Door = self.state.door
            response = await door.accept(kind, scope, headers, receive)
        except WorkbenchError as error:
            response = refusal(request_id, error)
        except Exception as error:
            _log.error("crashed", extra={"request_id": request_id, "error": _where(error)})
            response = problem(request_id, 500, "Internal error", _BROKEN)
        _finish(response.raw_headers, response.status_code, request_id, kind)
        await response(scope, receive, send)


def _with_id(send: Send, request_id: str) -> Send:
    async def send_with_id(message: Message) -> None:
        if message["type"] == "http.response.start":
            _finish(message["headers"], message["status"], request_id, None)
        await send(message)

    return send_with_id


def _finish(
    headers: list[tuple[bytes, bytes]], status: int, request_id: str, kind: Kind | None
) -> None:
    headers.append((b"x-request-id", request_id.encode()))
    if status >= 400:
        # no path: what somebody asks for may hold anything
        facts = {"request_id": request_id, "status": status, "kind": kind.name if kind else None}
        _log.info("refused", extra=facts)


def _request_id(headers: dict[bytes, bytes]) -> str:
    sent = headers.get(b"x-request-id", b"")
    if sent and _SAFE_REQUEST_ID.fullmatch(sent):
        return sent.decode()
    return f"{_THIS_PROCESS}-{next(_NUMBERS):x}"


def _where(error: Exception) -> str:
    # The message of an error may hold what was sent; where it happened does not.
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places}"
