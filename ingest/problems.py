"""Errors as people and programs read them: application/problem+json (RFC 9457), never an echo."""

from __future__ import annotations

import logging
import re
import secrets
import traceback
from typing import Any

import orjson
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import MalformedBody, NotAuthenticated, WorkbenchError

_log = logging.getLogger(__name__)
_SAFE_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}")
_ADVICE = {
    404: ("Not found", "There is nothing at this address. See /docs."),
    405: ("Method not allowed", "This address does not take this method. See the Allow header."),
}


def problem(request_id: str, status: int, title: str, detail: str, **members: Any) -> Response:
    """Returns one problem; `type` is a URN made of its title."""
    slug = re.sub(r"[^a-z]+", "-", title.lower())
    content = {
        "type": f"urn:tutor-workbench:problem:{slug}",
        "title": title,
        "status": status,
        "detail": detail,
        "request_id": request_id,
    }
    return Response(orjson.dumps(content | members), status, media_type="application/problem+json")


def add_problem_handlers(app: FastAPI) -> None:
    """Makes every error that leaves a route a problem."""
    app.add_exception_handler(WorkbenchError, _known)
    app.add_exception_handler(HTTPException, _by_framework)
    app.add_exception_handler(ClientDisconnect, _cut_off)


def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, WorkbenchError)
    response = problem(request.state.request_id, error.status, error.title, str(error))
    if isinstance(error, NotAuthenticated):
        response.headers["WWW-Authenticate"] = "Bearer"
    if error.retry_after_seconds is not None:
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


def _by_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    title, detail = _ADVICE.get(error.status_code, ("Bad request", "See /docs."))
    response = problem(request.state.request_id, error.status_code, title, detail)
    response.headers.update(error.headers or {})
    return response


def _cut_off(request: Request, _: Exception) -> Response:
    return _known(request, MalformedBody("The body was cut off. Send all of it."))


class RequestEdge:
    """Gives each request an id, puts it on the answer, and keeps a crash from saying anything."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        request_id = scope.setdefault("state", {})["request_id"] = _request_id(scope)

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"].append((b"x-request-id", request_id.encode()))
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception as error:
            _log.error("request failed id=%s %s", request_id, _where(error))
            detail = "Something broke here. Send the same again; if it stays, report request_id."
            await problem(request_id, 500, "Internal error", detail)(scope, receive, send_with_id)


def _request_id(scope: Scope) -> str:
    sent = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
    return sent if _SAFE_REQUEST_ID.fullmatch(sent) else secrets.token_hex(12)


def _where(error: Exception) -> str:
    # The message of an error may hold what was sent; where it happened does not.
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places}"
