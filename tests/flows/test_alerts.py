"""Who looks after the workbench is told what went wrong: once, whatever goes on failing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.system import free_port
from core.lake import write_durably
from core.marts import Published
from core.settings import Settings, load_settings
from flows.alerts import run_alert
from flows.watch import FAILURES, LONGEST_LAG, LONGEST_RUN, Health, look_after

NOW = datetime(2026, 11, 20, 18, 5, tzinfo=UTC)
URL = "http://127.0.0.1:4200"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(
        data_dir=tmp_path, mail_recipients=["operator@company.example"], smtp_port=free_port()
    )


def test_the_key_holds_for_a_flow_and_outcome_in_an_hour() -> None:
    def key(flow: str = "refresh", outcome: str = "Failed", now: datetime = NOW) -> str:
        return run_alert(flow, "records to 7", outcome, URL, now).key

    assert key() == key(now=NOW + timedelta(minutes=54))
    others = [key("mail"), key(outcome="Crashed"), key(now=NOW + timedelta(minutes=55))]
    assert len({key(), *others}) == 4


def test_runs_that_fail_in_a_row_are_told_without_prefect() -> None:
    assert Health(failures=FAILURES - 1).alerts(URL, NOW) == []
    [told] = Health(failures=FAILURES).alerts(URL, NOW)
    assert told.key == run_alert("refresh", "", "Failed", URL, NOW).key


def test_records_that_wait_too_long_are_told_once(settings: Settings) -> None:
    settings.lake_dir.mkdir()
    write_durably(settings.lake_dir / "watermark.json", b'{"ingest_seq": 9, "received_at": null}')
    moments = [NOW, NOW + LONGEST_LAG, NOW + LONGEST_LAG * 1.1, NOW + LONGEST_LAG * 1.2]
    health = Health()
    told = [asyncio.run(look_after(settings, health, moment)) for moment in moments]
    assert told == [0, 0, 1, 0]


def test_what_is_published_in_time_is_no_lag() -> None:
    health, stamp = Health(), NOW.isoformat()
    health.note(9, None, NOW)
    health.note(9, Published(1, "marts-1.duckdb", stamp, stamp, 9), NOW + LONGEST_LAG)
    health.note(12, Published(1, "marts-1.duckdb", stamp, stamp, 9), NOW + LONGEST_LAG * 1.5)
    assert health.alerts(URL, NOW + LONGEST_LAG * 2) == []


def test_data_that_never_stops_coming_is_no_lag() -> None:
    health, stamp = Health(), NOW.isoformat()
    for seconds in range(0, 3600, 30):
        now = NOW + timedelta(seconds=seconds)
        upto = Published(1, "marts-1.duckdb", stamp, stamp, 10 * seconds + 1)
        health.note(10 * seconds + 11, upto, now)
        assert health.alerts(URL, now) == []


def test_who_is_always_too_late_is_told_while_sets_are_published() -> None:
    health, stamp, told = Health(), NOW.isoformat(), 0
    for seconds in range(0, 3600, 30):
        now, late = NOW + timedelta(seconds=seconds), LONGEST_LAG.total_seconds() * 1.2
        upto = Published(1, "marts-1.duckdb", stamp, stamp, max(0, seconds - int(late)))
        health.note(seconds + 1, upto, now)
        told += len(health.alerts(URL, now))
    assert told


def test_a_run_is_stuck_after_hours_and_between_runs_nothing_is() -> None:
    assert not Health().is_stuck(NOW)
    assert not Health(working_since=NOW - LONGEST_RUN).is_stuck(NOW)
    assert Health(working_since=NOW - LONGEST_RUN - timedelta(seconds=1)).is_stuck(NOW)
