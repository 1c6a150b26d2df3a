"""What a run says about itself."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from core.marts import Marts, Published
from flows.changes import Changes, changes_between
from flows.emails.letters import LettersSummary
from flows.results import NodeResult
from flows.summary import model_rows, run_summary


def test_models_come_slowest_first_in_milliseconds() -> None:
    results = [
        NodeResult("quick", "test", "pass", 0.0004, ""),
        NodeResult("slow", "model", "success", 1.2345, "a message that may hold values", 7),
    ]
    assert model_rows(results) == [
        {"name": "slow", "kind": "model", "status": "success", "rows": 7, "ms": 1234},
        {"name": "quick", "kind": "test", "status": "pass", "rows": None, "ms": 0},
    ]


def test_the_summary_tells_what_was_published_changed_and_mailed() -> None:
    published = Published(12, "marts-12.duckdb", "now", "2026-11-20T18:00:00+00:00", 41_911)
    changes = Changes(records=1_204, sessions=37, flags_opened=2, flags_closed=1, lag_seconds=1.44)
    letters = LettersSummary(enqueued=9, sent=5, postponed=2, dead=1, pending=3)
    text = run_summary(published, changes, letters, 1.25, "https://workbench.example")
    for words in (
        "**Set 12** with every record up to 41,911",
        "counted from 2026-11-20 18:00:00 UTC.",
        "New: 1,204 records, 37 sessions. Flags: 2 opened, 1 closed.",
        "the publishing: 1.4 s",
        "5 sent, 2 put off, 1 given up, 3 waiting",
        "(https://workbench.example/dashboard/)",
        "(https://workbench.example/warehouse)",
    ):
        assert words in text


@pytest.fixture
def two_sets(tmp_path: Path) -> list[Published]:
    flags: list[set[str]] = [{"stays", "closes"}, {"stays", "opens", "opens too"}]
    for number, ids in enumerate(flags, 1):
        rows = ", ".join(f"('{flag}', true)" for flag in ids) + ", ('long over', false)"
        with duckdb.connect(str(tmp_path / f"marts-{number}.duckdb")) as connection:
            connection.execute(
                f"CREATE TABLE fct_flags AS FROM (VALUES {rows}) AS rows (flag_id, is_open); "
                f"CREATE TABLE rpt_freshness AS SELECT {100 * number} AS session_count, "
                "TIMESTAMPTZ '2026-11-20 18:00:00Z' AS data_through"
            )
    moment = "2026-11-20T18:00:02.500000+00:00"
    return [Published(n, f"marts-{n}.duckdb", moment, moment, 1_000 * n) for n in (1, 2)]


def test_changes_are_between_two_sets(tmp_path: Path, two_sets: list[Published]) -> None:
    before, now = two_sets
    assert changes_between(tmp_path, before, now) == Changes(1_000, 100, 2, 1, 2.5)


def test_changes_are_told_while_a_reader_of_the_same_process_has_the_set(
    tmp_path: Path, two_sets: list[Published]
) -> None:
    before, now = two_sets
    (tmp_path / "archive").mkdir()
    (tmp_path / "current.json").write_bytes(now.to_json())
    reader = Marts(tmp_path)
    assert reader.rows("SELECT count(*) AS n FROM fct_flags") == [{"n": 4}]
    assert changes_between(tmp_path, before, now).flags_opened == 2


def test_without_a_set_before_all_is_new(tmp_path: Path, two_sets: list[Published]) -> None:
    before, now = two_sets
    assert changes_between(tmp_path, None, now) == Changes(2_000, 200, 3, 0, 2.5)
    (tmp_path / before.file).unlink()
    assert changes_between(tmp_path, before, now) == Changes(2_000, 200, 3, 0, 2.5)
