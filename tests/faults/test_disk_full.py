"""A full disk: 507 or 503 until there is space again, then all is as before; nothing is lost."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.system import free_port, wait_until
from core.settings import Settings, load_settings
from tests.faults.world import CLEAN, Sender, audit, ingest_running, wait_until_ready

MB = 2**20


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 48 MB in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture
def settings(disk: Path) -> Settings:
    return load_settings(data_dir=disk / "data", ingest_port=free_port(), drain_seconds=0.1)


def leave(disk: Path, size: float) -> None:
    """Fills the disk so that `size` bytes are left."""
    (disk / "ballast").write_bytes(bytes(int(shutil.disk_usage(disk).free - size)))


def make_space(disk: Path) -> None:
    (disk / "ballast").unlink()


def test_before_the_disk_is_full_records_are_refused_and_reading_goes_on(
    disk: Path, settings: Settings
) -> None:
    with ingest_running(settings) as process:
        wait_until_ready(settings, process)
        sender = Sender(settings)
        assert sender.post() == 202
        leave(disk, 0.2 * MB)
        assert sender.post() == 507
        assert sender.reasons_not_ready() == ["disk_nearly_full"]  # and reading is answered
        make_space(disk)
        assert sender.post() == 202
    assert audit(settings, sender.sent, sender.promised()) == CLEAN


def test_when_a_commit_meets_a_full_disk_its_sender_is_told_and_a_restart_heals_it(
    disk: Path, settings: Settings
) -> None:
    with ingest_running(settings) as process:
        wait_until_ready(settings, process)
        sender = Sender(settings)
        assert sender.post(count=100) == 202
        wait_until(sender.is_drained, 20, "drained")
        leave(disk, 1.2 * MB)
        assert sender.post_large(150) == 507
        assert process.wait(10) == 74  # the supervisor starts it again
    make_space(disk)
    with ingest_running(settings) as process:
        wait_until_ready(settings, process)
        sender.post_again()
    assert len(sender.acked["sessions"]) == 250
    assert audit(settings, sender.sent, sender.promised()) == CLEAN


def test_when_a_drain_meets_a_full_disk_it_is_done_again_once_there_is_space(
    disk: Path, settings: Settings
) -> None:
    with ingest_running(settings) as process:
        wait_until_ready(settings, process)
        sender = Sender(settings)
        assert sender.post() == 202
        wait_until(sender.is_drained, 20, "drained")
        leave(disk, 1.5 * MB)
        # 1.1 MB: compressed in the journal, and no space for the drain's own copy
        assert sender.post_large(60) == 202
        wait_until(lambda: "drain_failing" in sender.reasons_not_ready(), 20, "failing drain told")
        make_space(disk)
        wait_until(sender.is_drained, 20, "drained")
        wait_until_ready(settings, process)
    assert set(sender.statuses) == {202}
    assert audit(settings, sender.sent, sender.promised()) == CLEAN
