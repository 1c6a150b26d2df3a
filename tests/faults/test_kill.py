"""kill -9 at any moment: what was acknowledged is there, once, after a restart without a hand."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from bench.report import tell
from bench.system import free_port
from core.settings import Settings, load_settings
from tests.faults.world import CLEAN, Sender, audit, ingest_running, kill, wait_until_ready

Process = subprocess.Popen[bytes]
# strace kills on entering the n-th of these calls, on that path only: (calls, path, highest n)
AIMS = {
    "in a rename": ("/^rename", None, 9),
    "between publish and trim": ("fsync", "lake", 3),
    "in a checkpoint": ("pwrite64", "journal/journal.sqlite", 30),
    "in a commit": ("fdatasync", "journal/journal.sqlite-wal", 300),
    "in any sync": ("fsync", None, 12),
}


class Killer:
    """Starts ingest, posts, kills it, and does so again; remembers how long each start took."""

    def __init__(self, settings: Settings) -> None:
        self.seconds_until_ready: list[float] = []
        self.sender = Sender(settings)
        self._settings = settings
        self._chance = random.Random(2)

    def while_it_starts(self) -> None:
        with ingest_running(self._settings):
            time.sleep(self._chance.uniform(0.2, 2))

    def at_a_random_moment(self) -> None:
        with ingest_running(self._settings) as process:
            self._wait_until_ready(process)
            with self.sender.busy():
                time.sleep(self._chance.uniform(0, 1.5))
                kill(process)

    def right_after_an_answer(self) -> None:
        with ingest_running(self._settings) as process:
            self._wait_until_ready(process)
            self.sender.post_again()
            for _ in range(self._chance.randrange(1, 40)):
                assert self.sender.post(count=self._chance.choice((1, 1, 50))) == 202

    def where_it_was_aimed(self, aim: str) -> None:
        calls, path, most = AIMS[aim]
        on_path = ["-P", str(self._settings.data_dir / path)] if path else []
        fault = f"{calls}:signal=KILL:when={self._chance.randint(1, most)}"
        strace = ["strace", "-f", "-o", "/dev/null", *on_path, "-e", f"inject={fault}"]
        with ingest_running(self._settings, before=strace) as process:
            wait_until_ready(self._settings, process)
            with self.sender.busy():
                process.wait(60)

    def _wait_until_ready(self, process: Process) -> None:
        seconds = wait_until_ready(self._settings, process)
        assert seconds is not None, "it did not start again"
        self.seconds_until_ready.append(seconds)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(data_dir=tmp_path / "data", ingest_port=free_port(), drain_seconds=0.05)


@pytest.mark.parametrize("rounds", [1, pytest.param(25, marks=pytest.mark.long)])
def test_what_was_acknowledged_survives_being_killed(
    settings: Settings, rounds: int, capsys: pytest.CaptureFixture[str]
) -> None:
    killer = Killer(settings)
    by_chance = [killer.while_it_starts, killer.at_a_random_moment, killer.right_after_an_answer]
    aimed = [partial(killer.where_it_was_aimed, aim) for aim in AIMS]
    kills: list[Callable[[], None]] = [*by_chance, *aimed] * rounds
    for kill_it in kills:
        kill_it()
    sender = killer.sender
    assert len(sender.acked["sessions"]) > 20 * rounds
    assert audit(settings, sender.sent, sender.promised()) == CLEAN
    with capsys.disabled():
        slowest = max(killer.seconds_until_ready)
        tell("ready_after_kill", slowest, "s", "<= 10", kills=len(kills))
