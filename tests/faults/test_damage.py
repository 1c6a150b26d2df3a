"""Files that a disk damaged are noticed, or that is harmless; never another truth in silence."""

from __future__ import annotations

import logging
import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.system import free_port, wait_until
from core.settings import Settings, load_settings
from tests.faults.world import CLEAN, Audit, Sender, audit, ingest_running, wait_until_ready


@dataclass(frozen=True)
class Left:
    """What a killed ingest left: Parquet files, and a journal with more that is not in them."""

    settings: Settings
    sender: Sender

    @property
    def files(self) -> list[Path]:
        data_dir = self.settings.data_dir
        found = [path for name in ("journal", "lake") for path in (data_dir / name).rglob("*")]
        return sorted(path for path in found if path.is_file() and path.stat().st_size)


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    settings = load_settings(
        data_dir=tmp_path_factory.mktemp("damage") / "data", ingest_port=free_port()
    )
    sender = Sender(settings)
    with ingest_running(settings) as process:
        wait_until_ready(settings, process)
        for kind in ("sessions", "tutors", "flag-actions"):
            sender.post(kind, 40)
        wait_until(sender.is_drained, 20, "drained")
    late = settings.model_copy(update={"drain_seconds": 3600.0})
    with ingest_running(late) as process:
        wait_until_ready(settings, process)
        wait_until(sender.is_drained, 20, "first drain over")
        for _ in range(12):
            assert sender.post(count=3) == 202
    return Left(settings, sender)


def test_without_damage_there_is_nothing_to_notice(left: Left, tmp_path: Path) -> None:
    shutil.copytree(left.settings.data_dir, tmp_path / "data")
    assert _audit(left, tmp_path / "data") == CLEAN


@pytest.mark.parametrize(
    "seed", [*range(12), *(pytest.param(n, marks=pytest.mark.long) for n in range(12, 150))]
)
def test_a_damaged_file_is_noticed_or_harmless(
    left: Left, seed: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(seed)
    data_dir = tmp_path / "data"
    shutil.copytree(left.settings.data_dir, data_dir)
    chosen = left.files[seed % len(left.files)].relative_to(left.settings.data_dir)
    (flip_a_bit if chance.random() < 0.7 else cut_the_end)(data_dir / chosen, chance)
    found = _audit(left, data_dir)
    is_noticed = found is None or found.faults or _errors(caplog)
    assert is_noticed or found == CLEAN, chosen


def _audit(left: Left, data_dir: Path) -> Audit | None:
    """Returns None if it does not start or drain, which is noticed as well."""
    settings = left.settings.model_copy(update={"data_dir": data_dir})
    try:
        return audit(settings, left.sender.sent, left.sender.promised())
    except Exception:
        return None


def _errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.levelno >= logging.ERROR]


def flip_a_bit(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def cut_the_end(path: Path, chance: random.Random) -> None:
    with path.open("r+b") as file:
        file.truncate(chance.randrange(path.stat().st_size))
