"""Retention removes whole closed days, and never the schema's own file."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

from core import lake
from core.lake import TRANSCRIPTS
from flows.maintenance import expired_days, remove_transcripts


def _land(lake_dir: Path, *days: str) -> None:
    lake.ensure(lake_dir)
    for day in days:
        folder = TRANSCRIPTS.partition(lake_dir, day)
        folder.mkdir()
        (folder / "1.parquet").touch()


def test_days_before_the_limit_have_expired_and_the_limit_itself_has_not(tmp_path: Path) -> None:
    _land(tmp_path, "2026-05-31", "2025-12-31", "2026-06-01", "2026-11-20")
    expired = expired_days(TRANSCRIPTS.folder(tmp_path), date(2026, 6, 1))
    assert [path.name for path in expired] == ["received_on=2025-12-31", "received_on=2026-05-31"]


def test_nothing_expires_where_nothing_landed(tmp_path: Path) -> None:
    assert expired_days(tmp_path / "nowhere", date(2026, 6, 1)) == []
    lake.ensure(tmp_path)
    assert expired_days(TRANSCRIPTS.folder(tmp_path), date(2026, 6, 1)) == []


def test_expired_transcripts_are_removed_and_the_dataset_stays_readable(tmp_path: Path) -> None:
    _land(tmp_path, "2026-05-31", "2026-06-01")
    assert asyncio.run(remove_transcripts.fn(tmp_path, date(2026, 6, 1))) == 1
    left = sorted(path.name for path in TRANSCRIPTS.folder(tmp_path).iterdir())
    assert left == ["received_on=1970-01-01", "received_on=2026-06-01"]
    assert (TRANSCRIPTS.partition(tmp_path, "1970-01-01") / "schema.parquet").exists()
