"""What must be true before anything is started, said in one line when it is not."""

from __future__ import annotations

import fcntl
import logging
import os
import socket
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from tempfile import TemporaryFile

from core.errors import CannotStart
from core.settings import Settings

_LOG_BYTES = 10_000_000


def refuse_unwritable(data_dir: Path) -> None:
    """Raises CannotStart when the data folder cannot be made or written."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        TemporaryFile(dir=data_dir).close()
    except OSError as error:
        raise CannotStart(
            f"the data folder cannot be written ({error.strerror}). "
            "Choose another: WORKBENCH_DATA_DIR=… or --data-dir"
        ) from None


@contextmanager
def only_instance(data_dir: Path) -> Iterator[None]:
    """Holds the data folder for this command.

    Raises:
        CannotStart: another workbench runs on it.
    """
    with (data_dir / "workbench.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                "another workbench runs on this data folder. "
                "Stop it, or choose another: WORKBENCH_DATA_DIR=… or --data-dir"
            ) from None
        yield


def refuse_taken_ports(settings: Settings, *, with_mail: bool) -> None:
    """Raises CannotStart naming the first port that something else listens on."""
    wanted = [
        ("WORKBENCH_INGEST_PORT", settings.ingest_host, settings.ingest_port),
        ("WORKBENCH_WEB_PORT", settings.web_host, settings.web_port),
        ("WORKBENCH_PREFECT_PORT", "127.0.0.1", settings.prefect_port),
    ]
    if with_mail:
        wanted.append(("WORKBENCH_SMTP_PORT", settings.smtp_host, settings.smtp_port))
    for name, host, port in wanted:
        refuse_taken_port(name, host, port)


def refuse_taken_port(name: str, host: str, port: int) -> None:
    """Raises CannotStart, naming what sets the port, when something else listens on it."""
    if not _is_free(host, port):
        raise CannotStart(f"port {port} is in use. Stop what uses it, or set {name} to another")


def give_prefect_a_database(home: Path) -> None:
    """Leaves the empty database that set-up made in Prefect's `home`, unless it has one.

    Where there is none, Prefect makes it by itself when it starts.
    """
    empty, database = Path(sys.prefix) / "prefect" / "prefect.db", home / "prefect.db"
    if empty.exists() and not database.exists():
        home.mkdir(parents=True, exist_ok=True)
        draft = home / f".prefect.db.{os.getpid()}"
        with closing(sqlite3.connect(empty)) as connection:
            connection.execute("VACUUM INTO ?", (str(draft),))
        draft.rename(database)


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def log_to_file(path: Path) -> None:
    """Sends what all processes say to one file, each line with its time and the process's name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=_LOG_BYTES, backupCount=3)
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)-8s %(message)s"))
    path.chmod(0o600)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
