"""Who asks, and what a route needs to answer: named as types for the routes' signatures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request, Response, Security
from fastapi.security import APIKeyCookie, HTTPBearer

from api.acting import FlagDesk
from api.caller import Caller
from api.cookie import COOKIE, LoginCookie
from api.ingest_state import IngestClient
from api.problems import NotModified
from api.queries import Snapshot, open_snapshot
from api.review_pages import GradingDesk
from api.throttle import Throttle
from core.errors import NotAuthenticated
from core.marts import Marts, Published
from core.recipients import Recipients


@dataclass(frozen=True)
class Web:
    """What one web process holds for its routes."""

    marts: Marts
    cookie: LoginCookie
    throttle: Throttle
    clock: Callable[[], datetime]
    accounts_path: Path
    recipients: Recipients
    mailbox_dir: Path
    docs_path: Path
    ingest: IngestClient
    flag_desk: FlagDesk
    links: dict[str, str]
    time_zone: str
    is_demo: bool
    desk: GradingDesk | None = None


def _web(request: Request) -> Web:
    web: Web = request.app.state.web
    return web


def _caller(request: Request) -> Caller | None:
    caller: Caller | None = request.scope.get("caller")
    return caller


WebDep = Annotated[Web, Depends(_web)]
CallerDep = Annotated[Caller | None, Depends(_caller)]

_BEARER = HTTPBearer(auto_error=False, description="workbench token --scope marts:read")
_LOGIN = APIKeyCookie(name=COOKIE, auto_error=False, description="set by the login page")


def require_caller(
    caller: CallerDep,
    _bearer: Annotated[object, Security(_BEARER)],
    _login: Annotated[object, Security(_LOGIN)],
) -> Caller:
    """Returns who asks. The gate has checked already; this holds if the gate is ever left out.

    Raises:
        NotAuthenticated: nobody is logged in and there is no token.
    """
    if caller is None:
        raise NotAuthenticated("Log in, or send a token: workbench token --scope marts:read")
    return caller


def _snapshot(request: Request, response: Response, web: WebDep) -> Snapshot:
    snapshot = open_snapshot(web.marts)
    headers = {"etag": etag(snapshot.published), "cache-control": "private, no-cache"}
    if headers["etag"] in _known_tags(request.headers.get("if-none-match", "")):
        raise NotModified(headers)
    response.headers.update(headers)
    return snapshot


SnapshotDep = Annotated[Snapshot, Depends(_snapshot)]


def etag(published: Published) -> str:
    """Returns the entity tag of a published set; a wiped and rebuilt set gets another one."""
    return f'"{published.number}-{sha256(published.to_json()).hexdigest()[:12]}"'


def _known_tags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}
