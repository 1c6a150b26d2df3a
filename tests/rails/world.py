"""The parts of a test with Rails: an application, ingest as a process, a bad network between."""

from __future__ import annotations

import gzip
import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import duckdb

from bench.system import ROOT, free_port, wait_until
from cli.posting import ingest_details
from core.settings import Settings, without_settings

Answer = tuple[int, dict[str, str], bytes]
Blocks = dict[str, list[str]]


@dataclass
class Seen:
    """One request as it came in. Header names are in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes


@contextmanager
def serving(respond: Callable[[Seen], Answer | None]) -> Iterator[str]:
    """Gives the URL of a server that answers each POST; None hangs up without an answer."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            with suppress(OSError):  # who asked may be gone
                if answer := respond(Seen(self.path, headers, body)):
                    self._send(*answer)

        def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in (headers | {"Content-Length": str(len(body))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@dataclass
class Network:
    """The way from Rails to ingest; a test decides what befalls the n-th request.

    It is a `forward`, a `refuse` (503), a `drop` (ingest gets it, Rails no answer), or a `hold`
    (ingest gets it, Rails no answer before `release` is set).
    """

    target: str
    fate: Callable[[int], str] = lambda _: "forward"
    seen: list[Seen] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    lost: list[dict[str, Any]] = field(default_factory=list)
    held: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def respond(self, seen: Seen) -> Answer | None:
        with self.lock:
            self.seen.append(seen)
            number = len(self.seen)
        if (fate := self.fate(number)) == "refuse":
            return 503, {"Retry-After": "0"}, b""
        if (answer := self._forward(seen)) is None:
            return None
        told = json.loads(answer[2])
        (self.lost if fate == "drop" else self.answers).append(told)
        if fate == "hold":
            self.held.set()
            self.release.wait(60)
        return None if fate == "drop" else answer

    def records(self) -> list[dict[str, Any]]:
        """Returns the records of all requests that came by, in order."""
        bodies = [
            gzip.decompress(seen.body) if "content-encoding" in seen.headers else seen.body
            for seen in self.seen
        ]
        return [json.loads(line) for body in bodies for line in body.splitlines()]

    def _forward(self, seen: Seen) -> Answer | None:
        headers = {name: seen.headers[name] for name in seen.headers if name != "host"}
        try:
            with urlopen(Request(self.target + seen.path, seen.body, headers), timeout=30) as got:
                return got.status, dict(got.headers), got.read()
        except HTTPError as refusal:
            return refusal.code, dict(refusal.headers), refusal.read()
        except (OSError, HTTPException):
            return None  # ingest is down, or died while it was asked


@dataclass
class Workbench:
    """Ingest as a real process, with what it has on disk."""

    settings: Settings
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = without_settings() | self.settings.as_environment()
        command = [sys.executable, "-m", "ingest.app"]
        self.process = subprocess.Popen(command, env=environment, cwd=ROOT)
        wait_until(self._is_up, 60, "ingest is up")

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(timeout=10)

    def accepted(self) -> int:
        """Returns how many records were ever accepted."""
        return int(ingest_details(self.settings)["accepted_seq"])

    def rows(self, columns: str, dataset: str = "sessions") -> list[tuple[Any, ...]]:
        """Returns these columns of the lake's Parquet, once all that was accepted is there."""
        wait_until(self._is_drained, 60, "the journal is drained")
        files = self.settings.lake_dir / dataset / "*" / "*.parquet"
        with duckdb.connect() as lake:
            return lake.sql(
                f"SELECT {columns} FROM read_parquet('{files}') ORDER BY ALL"
            ).fetchall()

    def _is_up(self) -> bool:
        assert self.process is not None and self.process.poll() is None, "ingest ended"
        with suppress(OSError, HTTPException):
            return "accepted_seq" in ingest_details(self.settings)
        return False

    def _is_drained(self) -> bool:
        details = ingest_details(self.settings)
        return bool(details["drained_seq"] == details["accepted_seq"])


@dataclass
class RailsApp:
    """The application in its folder, and what its database holds."""

    folder: Path
    environment: dict[str, str]
    server: subprocess.Popen[bytes] | None = None
    url: str = ""

    def run(self, *command: str, **changes: str) -> str:
        ran = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment | changes,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert ran.returncode == 0, f"{command}\n{ran.stdout[-3000:]}\n{ran.stderr[-3000:]}"
        return ran.stdout

    def ruby(self, code: str) -> str:
        """Returns what a snippet prints inside the application."""
        return self.run("bin/rails", "runner", code)

    def deliver(self) -> None:
        self.ruby("TutorWorkbench::DeliverJob.perform_now")

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / "db" / "development.sqlite3", 30)) as database:
            return database.execute(sql).fetchall()

    def log(self) -> str:
        return (self.folder / "log" / "development.log").read_text()

    @contextmanager
    def locked_database(self) -> Iterator[None]:
        """Lets nobody else write, as a long transaction would."""
        database = sqlite3.connect(self.folder / "db" / "development.sqlite3", isolation_level=None)
        with closing(database):
            database.execute("BEGIN IMMEDIATE")
            yield

    def waiting(self) -> int:
        [[count]] = self.query(
            "SELECT count(*) FROM tutor_workbench_outbox WHERE next_try_at IS NOT NULL"
        )
        return int(count)

    def send(self, method: str, path: str, body: bytes) -> bytes:
        headers = {"Content-Type": "application/json"}
        with urlopen(Request(self.url + path, body, headers, method=method), timeout=60) as answer:
            return bytes(answer.read())

    @contextmanager
    def serving(self, **changes: str) -> Iterator[subprocess.Popen[bytes]]:
        """Runs the application's server, whose threads run the jobs too."""
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        command = ["bin/rails", "server", "-b", "127.0.0.1", "-p", str(port), "-P", f"tmp/{port}"]
        with (self.folder / "log" / "server.log").open("ab") as log:
            environment = self.environment | changes
            server = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdout=log, stderr=log
            )
        try:
            wait_until(self._answers, 60, "the Rails server answers")
            yield server
        finally:
            server.kill()
            server.wait(timeout=10)

    def _answers(self) -> bool:
        try:
            urlopen(f"{self.url}/nothing-here", timeout=10)
        except HTTPError:
            return True
        except OSError:
            return False
        return True
