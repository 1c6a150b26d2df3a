"""The company posts to a real ingest door: what a scenario means to who receives it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bench.system import ROOT, System, new_system, wait_until
from cli.posting import ingest_details
from core.errors import WorkbenchError

COMPANY = ["--tutors", "20", "--students", "200", "--days", "20", "--sessions-per-day", "60"]


@pytest.fixture
def door(tmp_path: Path) -> Iterator[System]:
    system = new_system(tmp_path)
    command = [sys.executable, "-m", "ingest.app"]
    system.process = subprocess.Popen(command, env=system.environment, cwd=ROOT)
    wait_until(lambda: _details(system), 60, "ingest ready")
    yield system
    system.stop()


def _details(system: System) -> dict[str, Any]:
    try:
        return ingest_details(system.settings)
    except (OSError, WorkbenchError):
        return {}


def feed(system: System, *options: str) -> list[dict[str, Any]]:
    """Returns what the feeder told, line by line."""
    command = [sys.executable, "-m", "cli.feeder", *COMPANY, "--seed", "5"]
    command += ["--every-seconds", "0", *options]
    ended = subprocess.run(
        command, env=system.environment, cwd=ROOT, capture_output=True, timeout=120, check=True
    )
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_duplicates_are_taken_once_whatever_the_order_of_their_keys(door: System) -> None:
    told = feed(door, "--live", "6", "--scenario", "duplicates")
    history = [line for line in told if line["stage"] == "backfill"][-1]
    assert history["sent"] == history["total"] > 1_000
    assert history["duplicates"] == -(-(history["total"] - history["duplicates"]) // 12) > 80
    assert history["rejected"] == 0
    stored = history["sent"] - history["duplicates"] + 6 + 20
    assert _details(door)["accepted_seq"] == stored


def test_truth_is_kept_beside_the_lake_not_in_it(door: System) -> None:
    told = feed(door, "--live", "3", "--scenario", "drifting-tutor")
    assert told[-1] == {"stage": "done", "sent": 3}
    truth = door.settings.data_dir / "truth"
    worst = pl.read_parquet(truth / "tutors.parquet")["change"].max()
    assert worst == pytest.approx(3.0)
    assert not list(door.settings.lake_dir.rglob("truth*"))
