"""The flow of reviews, run against a real Prefect server as its worker would run it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.flows.conftest import PrefectServer
from tests.flows.reviews.conftest import TURNS
from tests.flows.reviews.small_lake import NOW, land, publish

FLOW = "import asyncio; from flows.reviews.flow import {0}; asyncio.run({0}())"


def test_a_backlog_is_reviewed_and_its_run_says_who_spoke(
    prefect_running: PrefectServer, tmp_path: Path
) -> None:
    land(tmp_path / "lake", "s1", TURNS, feedback="My tutor was late, said Priya.")
    publish(tmp_path / "marts", ["s1"])
    environment = prefect_running.environment | {
        "WORKBENCH_DATA_DIR": str(tmp_path),
        "WORKBENCH_AS_OF": NOW.isoformat(),
    }
    for name in ("review_backlog", "reviews"):
        ended = subprocess.run(
            [sys.executable, "-c", FLOW.format(name)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=180,
        )
        assert ended.returncode == 0, ended.stderr
        assert "Priya" not in ended.stdout + ended.stderr
    [said] = [one["data"] for one in prefect_running.find("artifacts") if one["key"] == "reviews"]
    assert "1 sessions reviewed" in str(said) and "Grader: rules." in str(said)
