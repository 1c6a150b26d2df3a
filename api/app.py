"""The web process: login, reading API, mailbox, and the dashboard mounted behind the login."""

from __future__ import annotations

import importlib.util
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import EntryPoints, entry_points
from pathlib import Path

import marimo
import uvicorn
from fastapi import Depends, FastAPI
from marimo._entrypoints import registry
from starlette.types import ASGIApp, Receive, Scope, Send

from api import login, oidc_login, problems
from api.accounts import list_accounts
from api.acting import FlagDesk
from api.cookie import LoginCookie
from api.dependencies import Desks, Web, require_caller
from api.first_view import WithFirstView
from api.gate import Door, Gate
from api.headers import HashedFiles, SecurityHeaders
from api.ingest_state import IngestClient
from api.login_service import login_service
from api.memory import AnswerMemory
from api.routes import (
    actions,
    exports,
    flags,
    mail,
    mailbox,
    marked_days,
    operations,
    pages,
    people,
    platform,
    reviews,
    risks,
    scores,
    sessions,
    tutors,
)
from api.routes import settings as settings_routes
from api.throttle import Throttle
from core.annotations import Annotations
from core.errors import CannotStart
from core.marts import POINTER, Marts
from core.recipients import Recipients
from core.settings import Settings, load_settings
from core.tokens import KeyRing

DASHBOARD = Path(__file__).parents[1] / "notebooks" / "dashboard.py"
RECHECK_SECONDS = 15.0
_SESSION_TTL_SECONDS = 600
_STOP_SECONDS = 2
_READING = (tutors, scores, sessions, flags, risks, platform, exports, people, mailbox, marked_days)


def utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(
    settings: Settings | None = None,
    dashboard: Path = DASHBOARD,
    clock: Callable[[], datetime] = utc_now,
    recheck_seconds: float = RECHECK_SECONDS,
    desks: Desks | None = None,
) -> FastAPI:
    """Returns the web application; open logins are checked again every `recheck_seconds`.

    `desks` are of another room: where people grade reviews, and how the flows are.

    Raises:
        CannotStart: the data folder cannot be used.
    """
    settings = settings or load_settings()
    app = FastAPI(
        title="Tutor Workbench API",
        version="1",
        description="Reads the published marts. Every answer names the set it was read from.",
        docs_url=None,
        redoc_url=None,
        lifespan=_warming(dashboard),
    )
    try:
        keys = KeyRing.load(settings.secrets_dir)
        app.state.web = _web(settings, keys, clock, desks or Desks())
        app.state.login_service = login_service(settings, app.state.web.cookie)
        door = Door(keys, app.state.web.cookie, _origins(settings))
    except OSError:
        raise CannotStart("The data folder cannot be written. Set WORKBENCH_DATA_DIR.") from None
    _add_routes(app)
    _mount_dashboard(app, dashboard, app.state.web)
    problems.install(app)
    app.add_middleware(AnswerMemory, pointer=settings.marts_dir / POINTER)
    app.add_middleware(Gate, door=door, recheck_seconds=recheck_seconds)
    # around all, also around what answers when something crashes
    app.middleware_stack = SecurityHeaders(app.build_middleware_stack())
    return app


def main(make_desks: Callable[[Settings], Desks] | None = None) -> None:
    """Serves the web until it is told to stop; a wrong set-up ends in one line and exit code 78."""
    try:
        settings = load_settings()
        listener = _listen(settings.web_host, settings.web_port)
        app = create_app(settings, desks=make_desks(settings) if make_desks else None)
    except CannotStart as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    config = uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",  # at info every websocket's query is logged
        server_header=False,
        # Only a proxy, which public_url stands for, may say where a request came from.
        proxy_headers=settings.public_url is not None,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port))
    except OSError:
        raise CannotStart(
            f"Port {port} on {host} is in use or not ours. Set WORKBENCH_WEB_PORT to a free one."
        ) from None


def _web(settings: Settings, keys: KeyRing, clock: Callable[[], datetime], desks: Desks) -> Web:
    list_accounts(settings.accounts_path)  # fails now rather than at the first login
    marts = Marts(settings.marts_dir)
    ingest = IngestClient(settings.ingest_url, keys, clock)
    return Web(
        marts=marts,
        cookie=LoginCookie.load(settings),
        keys=keys,
        throttle=Throttle(),
        clock=clock,
        accounts_path=settings.accounts_path,
        recipients=Recipients(settings.recipients_path),
        annotations=Annotations(settings.annotations_path),
        mailbox_dir=settings.mailbox_dir,
        docs_path=settings.docs_path,
        ingest=ingest,
        flag_desk=FlagDesk(marts, ingest, clock, settings.acts_path),
        links={"Prefect": settings.prefect_url, "Ingest API": f"{settings.ingest_url}/docs"},
        time_zone=settings.time_zone,
        is_demo=settings.demo,
        desks=desks,
    )


def _origins(settings: Settings) -> frozenset[str]:
    port = settings.web_port
    local = {f"http://{host}:{port}" for host in (settings.web_host, "localhost", "127.0.0.1")}
    return frozenset(local | {settings.web_url})


def _add_routes(app: FastAPI) -> None:
    for room in _READING:
        app.include_router(room.router, dependencies=[Depends(require_caller)])
    app.include_router(actions.router)
    app.include_router(pages.router)
    app.include_router(operations.router)
    app.include_router(mail.letters)
    app.include_router(mail.router)
    app.include_router(settings_routes.router)
    app.include_router(reviews.router)
    app.include_router(login.router)
    app.include_router(oidc_login.router)


def _mount_dashboard(app: FastAPI, dashboard: Path, web: Web) -> None:
    assets = Path(marimo.__file__).parent / "_static" / "assets"
    app.mount("/dashboard/assets", HashedFiles(directory=assets, follow_symlink=True))
    published = _published_notebook(dashboard)
    if web.desks.first_view:
        published = WithFirstView(published, web.desks.first_view, web.cookie.people)
    app.mount("/dashboard", published)


@cache
def _entry_points(group: str) -> EntryPoints:
    return entry_points(group=group)


def _published_notebook(notebook: Path) -> ASGIApp:
    # marimo reads those of all packages several times for each viewer: a seventh of its CPU
    registry.get_entry_points = _entry_points
    builder = marimo.create_asgi_app(
        quiet=True, include_code=False, session_ttl=_SESSION_TTL_SECONDS
    )
    served = builder.with_app(path="/dashboard", root=str(notebook)).build()

    async def with_whole_path(scope: Scope, receive: Receive, send: Send) -> None:
        # marimo wants to see /dashboard in the path; mounting took it off
        await served(dict(scope) | {"root_path": scope["app_root_path"]}, receive, send)

    return with_whole_path


def _warming(notebook: Path) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        threading.Thread(target=_import_once, args=[notebook], daemon=True).start()
        yield

    return lifespan


def _import_once(notebook: Path) -> None:
    """Imports what the notebook imports, so that the first page to open does not wait for it."""
    spec = importlib.util.spec_from_file_location("warming", notebook)
    if spec and spec.loader:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


if __name__ == "__main__":
    main()
