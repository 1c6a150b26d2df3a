"""A power cut at any moment: what was acknowledged is there, once, and the lake is sound."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bench.system import free_port, wait_until
from core.settings import Settings, load_settings
from core.tokens import KeyRing
from tests.faults.mutant import JOURNAL, UNSYNCED
from tests.faults.world import (
    CLEAN,
    Audit,
    Known,
    Sender,
    audit,
    ingest_running,
    wait_until_ready,
)

DISK = Path(__file__).with_name("forgetful_disk.py")
MUTANT = Path(__file__).with_name("mutant.py")


@dataclass
class Disk:
    """A mounted disk whose power can be cut; `cuts` holds what had been acknowledged at each."""

    folder: Path
    cuts: dict[str, Known] = field(default_factory=dict)

    @property
    def mount(self) -> Path:
        return self.folder / "mount"

    def cut(self, sender: Sender) -> None:
        name = str(len(self.cuts))
        self.cuts[name] = sender.promised()
        with suppress(FileNotFoundError):  # what is made is no folder of that disk
            (self.mount / f".cut-{name}").mkdir()

    def audits(self, settings: Settings, sent: Known) -> Iterator[Audit]:
        for name, promised in self.cuts.items():
            for kind in ("least", "torn"):
                left = settings.model_copy(
                    update={"data_dir": self.folder / "cuts" / name / kind / "data"}
                )
                yield audit(left, sent, promised)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with mounted(tmp_path) as disk:
        yield disk


@contextmanager
def mounted(folder: Path) -> Iterator[Disk]:
    names = ("mount", "kept", "live", "cuts")
    for name in names:
        (folder / name).mkdir()
    KeyRing.load(folder / "live" / "data" / "secrets")  # made long before, so it is on the disk
    process = subprocess.Popen([sys.executable, DISK, *(str(folder / name) for name in names)])
    try:
        wait_until(lambda: (folder / "mount").is_mount() or process.poll(), 20, "disk mounted")
        assert process.poll() is None, "FUSE does not work here. Run: sh scripts/faults.sh"
        yield Disk(folder)
    finally:
        subprocess.run(["fusermount3", "-u", "-z", folder / "mount"], check=True)
        process.wait(20)


def cut_in_every_phase(disk: Disk, run: tuple[str, ...], count: int) -> tuple[Settings, Sender]:
    settings = load_settings(
        data_dir=disk.mount / "data", ingest_port=free_port(), drain_seconds=0.02
    )
    with ingest_running(settings, run=run) as process:
        assert wait_until_ready(settings, process)
        sender = Sender(settings)
        disk.cut(sender)
        for kind in ("sessions", "tutors", "flag-actions"):
            assert sender.post(kind) == 202
            disk.cut(sender)
            wait_until(sender.is_drained, 20, "drained")
            disk.cut(sender)
        with sender.busy():
            for _ in range(count):
                time.sleep(0.07)
                disk.cut(sender)
    return settings, sender


@pytest.mark.parametrize("count", [6, pytest.param(30, marks=pytest.mark.long)])
def test_what_was_acknowledged_survives_a_power_cut(disk: Disk, count: int) -> None:
    settings, sender = cut_in_every_phase(disk, ("-m", "ingest.app"), count)
    assert len(sender.acked["sessions"]) > 20
    for found in disk.audits(settings, sender.sent):
        assert found == CLEAN


@pytest.mark.parametrize("left_out", [JOURNAL, *UNSYNCED])
def test_a_sync_that_is_left_out_is_noticed(disk: Disk, left_out: str) -> None:
    settings, sender = cut_in_every_phase(disk, (str(MUTANT), left_out), 2)
    with pytest.raises(Exception):  # noqa: B017  a journal that cannot be opened is one as well
        for found in disk.audits(settings, sender.sent):
            assert found == CLEAN
