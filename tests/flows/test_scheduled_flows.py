"""Flows of the schedule, run against a real Prefect server as its worker would run them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from core import lake
from core.lake import SESSIONS
from tests.flows.conftest import PrefectServer

CHECK = "import asyncio; from flows.maintenance import lake_check; asyncio.run(lake_check())"

TIDY_UP = """
import asyncio
from flows.maintenance import erasure, retention
from flows.pruning import prune_runs

async def main():
    await retention()
    await erasure(student_id="u-1")
    print(await prune_runs())

asyncio.run(main())
"""


def test_the_check_of_a_sound_lake_says_so(prefect_running: PrefectServer, tmp_path: Path) -> None:
    lake.ensure(tmp_path / "lake")
    assert _check(prefect_running, tmp_path) == ("COMPLETED", 0)
    assert "The lake is sound: 0 records" in _newest_artifact(prefect_running)


def test_the_check_of_a_damaged_lake_fails_and_names_the_file(
    prefect_running: PrefectServer, tmp_path: Path
) -> None:
    lake.ensure(tmp_path / "lake")
    damaged = SESSIONS.partition(tmp_path / "lake", "2026-11-20") / "part-0000.parquet"
    damaged.parent.mkdir()
    damaged.write_bytes(b"PAR1 and then nothing")
    assert _check(prefect_running, tmp_path) == ("FAILED", 1)
    said = _newest_artifact(prefect_running)
    assert "2026-11-20" in said and "The lake is not sound" in said


def _check(server: PrefectServer, data_dir: Path) -> tuple[object, int]:
    environment = server.environment | {"WORKBENCH_DATA_DIR": str(data_dir)}
    ended = subprocess.run(
        [sys.executable, "-c", CHECK], env=environment, capture_output=True, timeout=180
    )
    runs = [run for run in server.find("flow_runs") if run["start_time"]]
    newest = max(runs, key=lambda run: str(run["start_time"]))
    return newest["state_type"], ended.returncode


def _newest_artifact(server: PrefectServer) -> str:
    checks = [found for found in server.find("artifacts") if found["key"] == "lake-check"]
    return str(max(checks, key=lambda found: str(found["created"]))["data"])


def test_what_tidies_up_runs_on_an_empty_workbench(
    prefect_running: PrefectServer, tmp_path: Path
) -> None:
    lake.ensure(tmp_path / "lake")
    environment = prefect_running.environment | {"WORKBENCH_DATA_DIR": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-c", TIDY_UP], env=environment, capture_output=True, timeout=180
    )
    assert ended.returncode == 0, ended.stderr.decode()
    said = [
        str(one["data"]) for one in prefect_running.find("artifacts") if one["key"] == "erasure"
    ]
    assert any("day to be over: 1." in words for words in said)
    assert not any("u-1" in words for words in said)
    names = {str(run["name"]) for run in prefect_running.find("flow_runs")}
    for flow in ("retention", "erasure", "prune runs"):
        assert any(re.fullmatch(rf"{flow} of [\d-]{{10}} [\d:]{{5}} UTC", name) for name in names)
