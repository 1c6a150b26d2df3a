"""An open page is told of what changes, and of nothing else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from notebooks import following
from notebooks.following import Stamps, follow, stamps_of


@dataclass
class Follower:
    """Follows files in a thread, as if a cell had started it; the cell is gone at the end."""

    paths: tuple[Path, ...]
    told: list[Stamps] = field(default_factory=list)
    should_exit: bool = False

    def start(self) -> threading.Thread:
        values = (self.paths, stamps_of(self.paths), self.told.append)
        thread = threading.Thread(target=follow, args=values)
        thread.start()
        return thread


@pytest.fixture
def follower(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Follower]:
    follower = Follower((tmp_path / "there", tmp_path / "to come"))
    follower.paths[0].touch()
    monkeypatch.setattr(following, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(following.mo, "current_thread", lambda: follower)
    thread = follower.start()
    yield follower
    follower.should_exit = True
    thread.join(timeout=10)
    assert not thread.is_alive()


def test_what_was_there_is_no_change(follower: Follower) -> None:
    time.sleep(0.3)
    assert follower.told == []


def test_each_change_is_told_once(follower: Follower) -> None:
    there, to_come = follower.paths
    for change in (to_come.touch, there.unlink):
        follower.told.clear()
        change()
        _wait_for(lambda: bool(follower.told))
        time.sleep(0.1)
        assert follower.told == [stamps_of(follower.paths)]


def _wait_for(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)
