"""Who asks, and what a route needs to answer: named as types for the routes' signatures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPBearer

from api.acting import FlagDesk
from api.caller import Caller
from api.cookie import COOKIE, LoginCookie
from api.first_view import FirstView
from api.ingest_state import IngestClient
from api.operations_parts import FlowsDesk
from api.problems import NotModified
from api.reading import Reading, headers_of, is_known
from api.review_pages import GradingDesk
from api.throttle import Throttle
from core.annotations import Annotations
from core.errors import NotAuthenticated
from core.marts import Marts
from core.recipients import Recipients
from core.selection import NOBODYS, Selection
from core.snapshot import open_snapshot
from core.tokens import KeyRing


@dataclass(frozen=True)
class Desks:
    """What pages ask of another room; without one, a page says that it is not there."""

    grading: GradingDesk | None = None
    flows: FlowsDesk | None = None
    first_view: FirstView | None = None


@dataclass(frozen=True)
class Web:
    """What one web process holds for its routes."""

    marts: Marts
    cookie: LoginCookie
    keys: KeyRing
    throttle: Throttle
    clock: Callable[[], datetime]
    accounts_path: Path
    recipients: Recipients
    annotations: Annotations
    mailbox_dir: Path
    docs_path: Path
    ingest: IngestClient
    flag_desk: FlagDesk
    links: dict[str, str]
    time_zone: str
    is_demo: bool
    desks: Desks


# async, or each would take a thread of its own for nothing
async def _web(request: Request) -> Web:
    web: Web = request.app.state.web
    return web


async def _caller(request: Request) -> Caller | None:
    caller: Caller | None = request.scope.get("caller")
    return caller


WebDep = Annotated[Web, Depends(_web)]
CallerDep = Annotated[Caller | None, Depends(_caller)]

_BEARER = HTTPBearer(auto_error=False, description="workbench token --scope marts:read")
_LOGIN = APIKeyCookie(name=COOKIE, auto_error=False, description="set by the login page")


async def require_caller(
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


def _reading(request: Request, web: WebDep, caller: CallerDep) -> Reading:
    return open_reading(request, web, caller.selection if caller else NOBODYS)


def open_reading(request: Request, web: Web, selection: Selection) -> Reading:
    """Returns the newest published set with the rows of the selected tutors.

    Raises:
        NotModified: the reader holds what is in it.
    """
    snapshot = open_snapshot(web.marts, selection)
    headers = headers_of(snapshot.published)
    if is_known(headers["etag"], request.headers.get("if-none-match", "")):
        raise NotModified(headers)
    return Reading(snapshot, request.url.path)


ReadingDep = Annotated[Reading, Depends(_reading)]
