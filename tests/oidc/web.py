"""The workbench's web process for these tests: a real server, in a thread, with a dashboard."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI

from api.app import create_app
from bench.system import wait_until
from core.settings import Settings

_NOTEBOOK = "import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n    1 + 1\n    return\n"


def make_app(settings: Settings, **options: Any) -> FastAPI:
    """Returns the web application with a small dashboard."""
    notebook = settings.data_dir / "dashboard.py"
    notebook.parent.mkdir(parents=True, exist_ok=True)
    notebook.write_text(_NOTEBOOK)
    return create_app(settings, dashboard=notebook, **options)


@contextmanager
def serving(settings: Settings, recheck_seconds: float = 15) -> Iterator[str]:
    """Gives the address of a web that people can open in a browser; it is stopped at the end."""
    app = make_app(settings, recheck_seconds=recheck_seconds)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host="127.0.0.1",
            port=settings.web_port,
            log_level="warning",
            timeout_graceful_shutdown=1,
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started, 30, "the web")
        yield settings.web_url
    finally:
        server.should_exit = True
        thread.join(timeout=20)
