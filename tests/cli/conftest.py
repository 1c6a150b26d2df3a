"""The command `workbench` in this process, and tiny real processes to supervise."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.main import main
from core.settings import load_settings
from flows.reviews.double_grades import queue_for_people
from flows.reviews.ledger import Ledger
from flows.reviews.rounds import review_round
from flows.reviews.rubric import load_rubric
from tests.flows.reviews.conftest import TURNS
from tests.flows.reviews.small_lake import NOW, land, publish


@dataclass(frozen=True)
class Outcome:
    """What a command left: its exit code and what it said."""

    code: int
    out: str
    err: str

    @property
    def is_one_line(self) -> bool:
        """Whether a person reads one line on stderr, and nothing else."""
        return not self.out and self.err.count("\n") == 1 and self.err.endswith("\n")


Workbench = Callable[..., Outcome]


@pytest.fixture
def workbench(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Workbench:
    """Returns a function that runs `workbench …` on a data folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WORKBENCH_DATA_DIR", str(tmp_path / "data"))

    def run(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["workbench", *arguments])
        code: object = 0
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        said = capfd.readouterr()
        assert isinstance(code, int)
        return Outcome(code, said.out, said.err)

    return run


@pytest.fixture
def reviewed(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A first session that rules have reviewed and that was drawn for a person."""
    monkeypatch.setenv("WORKBENCH_AS_OF", NOW.isoformat())
    settings = load_settings()
    land(settings.lake_dir, "s-1", TURNS)
    publish(settings.marts_dir, ["s-1"])
    asyncio.run(review_round(settings, 10))
    with Ledger(settings.reviews_path) as ledger:
        queue_for_people(ledger, load_rubric().name, NOW, share=1.0)
    return settings.data_dir
