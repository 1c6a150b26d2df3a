"""The ingest process: opens the journal, starts the drain, serves the routes, and ends cleanly."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from datetime import timedelta

import duckdb
import uvicorn
from fastapi import FastAPI

from core import lake
from core.errors import CannotStart
from core.logs import log_as_json
from core.settings import Settings, load_settings
from ingest.alone import alone_on, not_writable
from ingest.auth import Doorkeeper
from ingest.drain import Drain
from ingest.edge import IngestApp
from ingest.inspection import router
from ingest.journal import Journal
from ingest.merge import Merger
from ingest.metrics import Metrics
from ingest.openapi import add_documentation
from ingest.problems import add_problem_handlers
from ingest.routes import Door, add_routes

_EXIT_IO_ERROR = 74  # EX_IOERR of sysexits.h
_ANSWERS = timedelta(milliseconds=200)
_FAREWELL = timedelta(seconds=1.5)


def create_app(
    settings: Settings | None = None, on_disk_failure: Callable[[], None] | None = None
) -> FastAPI:
    """Returns the ingest API; its files are opened when it starts and closed when it ends."""
    chosen = settings or load_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with opened(chosen, on_disk_failure or _end_process) as door:
            app.state.door = door
            task = asyncio.create_task(door.drain.run())
            yield
            door.drain.stop()
            await task
            await door.drain.drain_for(_FAREWELL.total_seconds())

    app = IngestApp(
        title="Tutor Workbench ingest",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # a redirect would repeat what was sent
    )
    add_problem_handlers(app)
    add_routes(app)
    app.include_router(router)
    add_documentation(app)
    return app


@contextmanager
def opened(settings: Settings, on_disk_failure: Callable[[], None]) -> Iterator[Door]:
    """Gives the open parts of this process, alone on its folder.

    Raises:
        CannotStart: the folder cannot be written, or another instance runs on it.
    """
    with (
        alone_on(settings.journal_path.parent),
        _parts(settings, on_disk_failure) as door,
    ):
        yield door


@contextmanager
def _parts(settings: Settings, on_disk_failure: Callable[[], None]) -> Iterator[Door]:
    folder, lake_dir = settings.journal_path.parent, settings.lake_dir
    with ExitStack() as open_files:
        try:
            lake.ensure(lake_dir)
            lake.sync_folder(settings.data_dir)
            doorkeeper = Doorkeeper(settings.secrets_dir, settings.max_requests_per_second)
            metrics = Metrics()
            journal = Journal(
                settings.journal_path, settings.max_waiting, on_disk_failure, metrics.count
            )
            open_files.callback(journal.close)
            merger = Merger(lake_dir, folder / "drain.ndjson")
            open_files.callback(merger.close)
        except (OSError, duckdb.Error):
            raise not_writable(settings.data_dir) from None
        yield Door(
            doorkeeper=doorkeeper,
            journal=journal,
            drain=Drain(journal, merger, lake_dir, settings.drain_seconds),
            metrics=metrics,
            lake_dir=lake_dir,
            max_body_bytes=settings.max_body_mb * 2**20,
            max_rows=settings.max_rows,
        )


def _end_process() -> None:
    threading.Timer(_ANSWERS.total_seconds(), os._exit, (_EXIT_IO_ERROR,)).start()


def main() -> None:
    """Serves until SIGTERM or Ctrl-C; a wrong set-up is one line and exit code 78."""
    log_as_json()
    try:
        settings = load_settings()
        # Tried once before uvicorn, which would show a traceback for what one line can say.
        with opened(settings, _end_process):
            listener = _listen(settings.ingest_host, settings.ingest_port)
    except CannotStart as error:
        sys.stderr.write(f"{error.title}: {error}\n")
        sys.exit(error.exit_code)
    server = uvicorn.Server(_server_config(create_app(settings)))
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=2048)
    except OSError:
        raise CannotStart(
            f"Cannot listen on {host}:{port}; another process may. Set WORKBENCH_INGEST_PORT."
        ) from None


def _server_config(app: FastAPI) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nothing here asks where a request came from
        log_config=None,
        timeout_graceful_shutdown=3,
        lifespan="on",
        ws="none",  # else an upgrade is refused without a problem, and its address is logged
    )


if __name__ == "__main__":
    main()
