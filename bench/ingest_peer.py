"""A POST at the usual peer over a POST here: CPU of what answers it, until it is durable.

The peer is `bench.peer_app`: FastAPI, SQLAlchemy, PostgreSQL with synchronous commits, and a task
for Celery; its process and its PostgreSQL backends count, the broker and PostgreSQL's own writers
do not. It needs `postgres` and `initdb` (Debian's package postgresql) and takes redis-server as the
broker, or the file system if that is missing. Its packages go into an environment that is removed
afterwards. No worker runs. The two take turns.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import psutil

from bench.door import door
from bench.http_load import request_of, send_all
from bench.ingest import session_line
from bench.report import tell
from bench.system import ROOT, free_port, wait_until
from core.settings import without_settings

ROUNDS, PEER_POSTS, POSTS, CONNECTIONS = 5, 500, 3_000, 64
PACKAGES = ["celery[redis]>=5.5,<6", "sqlalchemy>=2.0.43,<2.1", "psycopg[binary]>=3.2"]
PACKAGES += ["fastapi>=0.139,<0.151", "uvicorn[standard]>=0.38"]
_POSTGRES_PATHS = ":/usr/lib/postgresql/15/bin:/usr/lib/postgresql/17/bin"
_ACCOUNT = "postgres" if os.geteuid() == 0 else None  # PostgreSQL will not run as root


def environment(folder: Path) -> Path:
    """Returns the Python of a new environment with the peer's packages."""
    uv, python = Path(sys.executable).with_name("uv"), folder / "peer" / "bin" / "python"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder / "peer"], check=True)
    install = f"pip install --quiet --python {python}".split()
    subprocess.run([uv, *install, *PACKAGES], check=True)
    return python


@contextmanager
def running(command: Sequence[str | Path], account: str | None = None) -> Iterator[psutil.Process]:
    """Gives a process on the first core; it and all it started are stopped at the end."""
    process = subprocess.Popen(
        command,
        cwd=ROOT if account is None else "/",
        env=without_settings(),
        user=account,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, {0}),
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def postgres(folder: Path) -> Iterator[tuple[psutil.Process, str]]:
    """Gives PostgreSQL with its defaults, so with synchronous commits, and its address."""
    data, port = folder / "postgres", free_port()
    data.mkdir()
    if _ACCOUNT:
        folder.chmod(0o755)
        shutil.chown(data, _ACCOUNT)
    options = f"--auth=trust --username=bench --pgdata={data}".split()
    subprocess.run(
        [_tool("initdb"), *options], check=True, user=_ACCOUNT, cwd="/", stdout=subprocess.DEVNULL
    )
    command = [_tool("postgres"), *f"-D {data} -p {port} -h 127.0.0.1 -k".split(), ""]
    with running(command, _ACCOUNT) as process:
        wait_until(lambda: _listens(process), 30, "PostgreSQL up")
        yield process, f"postgresql+psycopg://bench@127.0.0.1:{port}/postgres"


def _tool(name: str) -> str:
    path = shutil.which(name) or shutil.which(name, path=_POSTGRES_PATHS)
    assert path, f"{name} is missing; Debian's package postgresql has it"
    return path


@contextmanager
def broker(folder: Path) -> Iterator[str]:
    """Gives the address of Redis, or of a folder when there is no Redis."""
    if not (redis := shutil.which("redis-server")):
        (folder / "queue").mkdir()
        yield f"filesystem://?{folder / 'queue'}"
        return
    port = free_port()
    options = f"--port {port} --bind 127.0.0.1 --dir {folder} --save".split()
    with running([redis, *options, ""]) as process:
        wait_until(lambda: _listens(process), 30, "Redis up")
        yield f"redis://127.0.0.1:{port}/0"


def _listens(process: psutil.Process) -> bool:
    return any(line.status == psutil.CONN_LISTEN for line in process.net_connections())


def backends(server: psutil.Process) -> list[psutil.Process]:
    """Returns the processes of PostgreSQL that serve one connection each."""
    return [child for child in server.children() if "127.0.0.1(" in " ".join(child.cmdline())]


def cpu_a_post(port: int, token: str, posts: int, processes: list[psutil.Process]) -> list[float]:
    """Returns the CPU seconds that each process took for one POST."""
    before = [sum(process.cpu_times()[:2]) for process in processes]
    requests = (
        request_of("/v1/sessions", session_line(), token, "application/json") for _ in range(posts)
    )
    answers = asyncio.run(send_all(port, requests, CONNECTIONS))
    assert answers.statuses == {202: posts}, answers.statuses
    after = [sum(process.cpu_times()[:2]) for process in processes]
    return [(b - a) / posts for a, b in zip(before, after, strict=True)]


def main() -> None:
    os.sched_setaffinity(0, {1})
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder, port = Path(name), free_port()
        python = environment(folder)
        server, database = stack.enter_context(postgres(folder))
        queue = stack.enter_context(broker(folder))
        arguments = ["-m", "bench.peer_app", str(port), database, queue]
        peer = stack.enter_context(running([python, *arguments]))
        ours = stack.enter_context(door(folder / "data", drain_seconds=3_600))
        wait_until(lambda: _listens(peer), 60, "the peer up")
        cpu_a_post(port, "-", 500, [peer])  # opens its connections to PostgreSQL
        counted = [peer, *backends(server)]
        turns = []
        for _ in range(ROUNDS):
            theirs = cpu_a_post(port, "-", PEER_POSTS, counted)
            [here] = cpu_a_post(ours.port, ours.token(), POSTS, [psutil.Process(ours.process.pid)])
            turns.append((theirs[0], sum(theirs[1:]), here))
        _report(turns, queue.partition(":")[0])


def _report(turns: list[tuple[float, float, float]], queue: str) -> None:
    web, database, here = (round(median(part) * 1e6) for part in zip(*turns, strict=True))
    ratio = median((web + database) / here for web, database, here in turns)
    facts = {"peer_web_us": web, "peer_postgres_us": database, "here_us": here, "broker": queue}
    tell("peer_cpu_a_post", ratio, "x ours", ">= 40", **facts)


if __name__ == "__main__":
    main()
