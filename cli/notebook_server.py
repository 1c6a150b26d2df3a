"""Runs marimo's editor for analysts: a process of its own, behind a token, on loopback."""

from __future__ import annotations

import asyncio
import secrets
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rich.console import Console

from cli.processes import Process, answers
from cli.startup import refuse_taken_port
from cli.supervisor import Supervisor
from core.settings import Settings, without_settings
from notebooks.shelf import Shelf

_HOST = "127.0.0.1"
_READY_SECONDS = 120
console = Console(highlight=False)


def serve_notebooks(settings: Settings, shelf: Shelf, name: str, port: int) -> None:
    """Serves the shelf's folder until a signal comes, and says where the notebook `name` is.

    Raises:
        CannotStart: the port is in use, or marimo does not start.
    """
    refuse_taken_port("--port", _HOST, port)
    token = secrets.token_urlsafe(32)
    with _token_file(settings.secrets_dir, token) as path:
        address = f"http://{_HOST}:{port}/?file={name}.py&access_token={token}"
        asyncio.run(_serve(settings, shelf, notebook_editor(shelf, port, path), address))


def notebook_editor(shelf: Shelf, port: int, token_file: Path) -> Process:
    """Returns marimo's editor of a folder: it asks nobody outside, and prints no token."""
    quiet = [sys.executable, "-m", "marimo", "--quiet", "--yes", "edit", "--headless"]
    where = ["--host", _HOST, "--port", str(port), "--token-password-file", str(token_file)]
    return Process(
        "notebook",
        [*quiet, "--skip-update-check", "--no-sandbox", *where, str(shelf.folder)],
        answers(f"http://{_HOST}:{port}/health"),
        {"XDG_CONFIG_HOME": str(shelf.config_home), "DO_NOT_TRACK": "1"},
    )


async def _serve(settings: Settings, shelf: Shelf, editor: Process, address: str) -> None:
    # whoever may open a notebook may run anything in it: no password and no key goes along
    supervisor = Supervisor([editor], without_settings() | settings.as_environment())
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await supervisor.start()
    try:
        ready = asyncio.create_task(supervisor.wait_until_ready(_READY_SECONDS, lambda _: None))
        ends = asyncio.create_task(stopped.wait())
        await asyncio.wait({ready, ends}, return_when=asyncio.FIRST_COMPLETED)
        if not ends.done():
            await ready
            _tell(shelf, address)
            await ends
        ready.cancel()
    finally:
        await supervisor.stop()


def _tell(shelf: Shelf, address: str) -> None:
    console.print(f"\n  [bold]Notebooks[/]  {address}", soft_wrap=True)
    console.print(
        f"\n  Your copies lie in {shelf.folder}. Who has the address may run anything as you:"
        "\n  keep it to yourself. Press Ctrl-C to stop.\n",
        soft_wrap=True,
    )


@contextmanager
def _token_file(secrets_dir: Path, token: str) -> Iterator[Path]:
    """Yields a file that only we can read and that is gone afterwards: arguments can be seen."""
    secrets_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = secrets_dir / f"notebook-token-{secrets.token_hex(4)}"
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(token)
    try:
        yield path
    finally:
        with suppress(FileNotFoundError):
            path.unlink()
