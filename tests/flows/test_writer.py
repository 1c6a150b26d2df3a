"""One writer: a slot in Prefect under a lock that ends with its process."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

from tests.flows.conftest import PrefectServer

HOLD = """
import asyncio, sys, time
from pathlib import Path
from flows.writer import sole_writer

async def hold():
    async with sole_writer(Path(sys.argv[1])):
        print("held", flush=True)
        time.sleep(300)

asyncio.run(hold())
"""
HOLD_AND_COUNT = """
import asyncio, json, sys
from pathlib import Path
from prefect import get_client
from flows.writer import DBT_WRITER, sole_writer

async def count():
    async with get_client() as client:
        limit = await client.read_global_concurrency_limit_by_name(DBT_WRITER)
    return limit.limit, limit.active_slots

async def main():
    async with sole_writer(Path(sys.argv[1])):
        held = await count()
    print(json.dumps([held, await count()]))

asyncio.run(main())
"""


def test_who_writes_has_the_slot_and_gives_it_back(
    prefect_running: PrefectServer, tmp_path: Path
) -> None:
    assert _hold_and_count(prefect_running, tmp_path) == [[1, 1], [1, 0]]


def test_the_slot_of_a_killed_writer_is_taken_at_once(
    prefect_running: PrefectServer, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path / "w" / "w.duckdb")]
    with subprocess.Popen(
        command, env=prefect_running.environment, stdout=subprocess.PIPE
    ) as killed:
        assert killed.stdout and b"held" in killed.stdout.readline()
        killed.send_signal(signal.SIGKILL)
    [held, _] = _hold_and_count(prefect_running, tmp_path)
    assert held == [1, 1]


def _hold_and_count(server: PrefectServer, folder: Path) -> list[list[int]]:
    ended = subprocess.run(
        [sys.executable, "-c", HOLD_AND_COUNT, str(folder / "w" / "w.duckdb")],
        env=server.environment,
        capture_output=True,
        text=True,
        timeout=50,  # less than the lease of a dead process
    )
    assert ended.returncode == 0, ended.stderr
    counted: list[list[int]] = json.loads(ended.stdout.splitlines()[-1])
    return counted
