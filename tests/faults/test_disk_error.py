"""A disk that fails: no 2xx for what it failed on, nor after it from the same process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.system import free_port, wait_until
from core.settings import Settings, load_settings
from tests.faults.world import CLEAN, Sender, audit, ingest_running, wait_until_ready

WAL = "journal/journal.sqlite-wal"
LONG = pytest.mark.long


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(data_dir=tmp_path / "data", ingest_port=free_port(), drain_seconds=0.05)


def failing(settings: Settings, calls: str, path: str, when: int) -> Sequence[str]:
    """Returns the command that lets the `when`-th of these calls on one path fail with EIO."""
    on_path = ["-P", str(settings.data_dir / path)]
    fault = f"inject={calls}:error=EIO:when={when}"
    return ["strace", "-f", "-o", "/dev/null", *on_path, "-e", fault]


@pytest.mark.parametrize("call", ["fdatasync", "pwrite64"])
@pytest.mark.parametrize("when", [12, *(pytest.param(n, marks=LONG) for n in range(13, 33))])
def test_a_journal_that_fails_ends_the_process_and_nothing_is_acknowledged_after_it(
    settings: Settings, call: str, when: int
) -> None:
    with ingest_running(settings) as process:  # so that what follows is not the first start
        assert wait_until_ready(settings, process)
    with ingest_running(settings, before=failing(settings, call, WAL, when)) as process:
        assert wait_until_ready(settings, process)
        sender = Sender(settings)
        while sender.post(count=5) == 202:
            pass
        after = [sender.post() for _ in range(50)]
        assert 202 not in after and set(sender.statuses) <= {202, 503}
        assert process.wait(20) == 74
    with ingest_running(settings) as process:
        assert wait_until_ready(settings, process)
        sender.post_again()
    assert sender.acked == sender.sent
    assert audit(settings, sender.sent, sender.promised()) == CLEAN


@pytest.mark.parametrize("path", ["lake", "lake/sessions"])
def test_a_lake_that_cannot_be_synced_is_written_again_before_the_journal_is_trimmed(
    settings: Settings, path: str
) -> None:
    with ingest_running(settings, before=failing(settings, "fsync", path, 1)) as process:
        assert wait_until_ready(settings, process)
        sender = Sender(settings)
        assert sender.post(count=5) == 202
        wait_until(sender.is_drained, 20, "drained")
    assert audit(settings, sender.sent, sender.promised()) == CLEAN
