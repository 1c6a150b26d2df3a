"""A clock that jumps an hour, or over midnight and back: order goes by number, not by time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.system import free_port, wait_until
from core.lake import read_watermark
from core.settings import load_settings
from tests.faults.world import CLEAN, Sender, audit, ingest_running, wait_until_ready

FAKE_CLOCK = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), Path("missing"))


def test_nothing_is_lost_or_doubled_when_the_clock_jumps(tmp_path: Path) -> None:
    assert FAKE_CLOCK.exists(), "libfaketime is missing. Run: sh scripts/faults.sh"
    settings = load_settings(
        data_dir=tmp_path / "data", ingest_port=free_port(), drain_seconds=0.05
    )
    clock = tmp_path / "clock"
    clock.write_text("+0")
    fake = {
        "LD_PRELOAD": FAKE_CLOCK,
        "FAKETIME_TIMESTAMP_FILE": clock,
        "FAKETIME_NO_CACHE": 1,
        "FAKETIME_DONT_FAKE_MONOTONIC": 1,
    }
    command = ["env", *(f"{name}={value}" for name, value in fake.items())]
    with ingest_running(settings, before=command) as process:
        wait_until_ready(settings, process)
        sender = Sender(settings)
        for seconds in (0, 3_600, -3_600, _until_tomorrow(), 0):
            clock.write_text(f"{seconds:+d}")
            assert sender.post(count=7) == 202
            wait_until(sender.is_drained, 20, "drained")
    days = {path.name for path in (settings.lake_dir / "sessions").glob("received_on=2*")}
    assert len(days) >= 2
    assert read_watermark(settings.lake_dir).ingest_seq == 35
    assert audit(settings, sender.sent, sender.promised()) == CLEAN


def _until_tomorrow() -> int:
    now = datetime.now(UTC)
    tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=1)
    return int((tomorrow - now).total_seconds())
