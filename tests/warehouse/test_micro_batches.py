"""Worked in by micro-batches, the numbers are those of a build from nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from flows.results import refuse_failures
from tests.warehouse.conftest import TinyWarehouse
from tests.warehouse.tiny_world import AS_OF, rounded

# when and by which batch a row was built is the one thing that differs
BUILT = ("built_seq", "built_at", "reported_at")


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("fct_sessions", "session_id"),
        ("fct_tutor_days", "tutor_id, session_date"),
        ("(FROM fct_tutor_scores WHERE session_count > 0)", "tutor_id, score_date"),
        ("fct_flags", "flag_id"),
        ("fct_predictions", "session_id, kind"),
        ("fct_score_evidence", "session_id, component"),
        ("fct_reschedule_chains", "session_id"),
        ("(FROM intermediate.int_tutor_drift_days WHERE trials > 0)", "tutor_id, score_date"),
        ("rpt_peer_bands", "tutor_id"),
        ("fct_upcoming_risk", "session_id, kind"),
        ("dim_tutors", "tutor_id"),
        ("rpt_tutor_scorecards", "tutor_id"),
        ("rpt_needs_attention", "position"),
        ("rpt_platform_days", "session_date"),
        ("rpt_freshness", "as_of"),
    ],
)
def test_micro_batches_and_a_full_build_agree(
    full_warehouse: TinyWarehouse, grown_warehouse: TinyWarehouse, table: str, key: str
) -> None:
    query = f"FROM {table} ORDER BY {key}"
    grown, full = (
        [{name: rounded(value) for name, value in row.items() if name not in BUILT} for row in rows]
        for rows in (grown_warehouse.rows(query), full_warehouse.rows(query))
    )
    assert full and grown == full


def test_what_was_told_ahead_counts_when_its_day_has_come(
    grown_warehouse: TinyWarehouse, tmp_path: Path
) -> None:
    query = "FROM rpt_platform_days ORDER BY session_date"
    later, full = (grown_warehouse.copy_to(tmp_path / name) for name in ("later", "full"))
    in_a_week = AS_OF + timedelta(days=7)
    refuse_failures(later.build(in_a_week))
    refuse_failures(full.build(in_a_week, full=True))
    assert later.rows(query) == full.rows(query)
    assert len(later.rows(query)) > len(grown_warehouse.rows(query))


def test_what_is_looked_up_has_its_index_after_a_build_of_any_kind(
    full_warehouse: TinyWarehouse, grown_warehouse: TinyWarehouse
) -> None:
    query = "SELECT table_name, expressions FROM duckdb_indexes() ORDER BY ALL"
    indexes = full_warehouse.rows(query)
    assert {"table_name": "fct_sessions", "expressions": "[student_id]"} in indexes
    assert grown_warehouse.rows(query) == indexes


def test_records_ahead_of_the_watermark_wait_and_none_before_it_is_passed_over(
    empty_warehouse: TinyWarehouse, grown_warehouse: TinyWarehouse, tmp_path: Path
) -> None:
    ahead = empty_warehouse.copy_to(tmp_path)
    refuse_failures(ahead.build_upto(20_000, AS_OF))
    assert ahead.one("rpt_freshness")["ingest_seq"] == 20_000
    refuse_failures(ahead.build(AS_OF))
    query = "SELECT session_id, ingest_seq FROM fct_sessions ORDER BY 1"
    assert ahead.rows(query) == grown_warehouse.rows(query)


def test_the_first_records_after_an_empty_start_are_scored(grown_warehouse: TinyWarehouse) -> None:
    assert grown_warehouse.one("rpt_freshness")["scored_tutor_count"] == 9


def test_an_empty_lake_gives_one_row_of_freshness_and_zeros(empty_warehouse: TinyWarehouse) -> None:
    freshness = empty_warehouse.one("rpt_freshness")
    assert (freshness["session_count"], freshness["tutor_count"], freshness["ingest_seq"]) == (
        0,
        0,
        0,
    )
    assert freshness["data_through"] is None


def test_one_row_says_how_fresh_the_marts_are(grown_warehouse: TinyWarehouse) -> None:
    freshness = grown_warehouse.one("rpt_freshness")
    assert (freshness["as_of"], freshness["data_through"]) == (AS_OF, AS_OF)
    assert freshness["ingest_seq"] == 30_003
    counts = ("scored_tutor_count", "not_enough_data_count", "new_tutor_count")
    assert freshness["tutor_count"] == sum(freshness[name] for name in counts)
    assert freshness["needs_attention_count"] == 1


def test_reports_are_made_of_live_outcomes_only(grown_warehouse: TinyWarehouse) -> None:
    reports = grown_warehouse.rows("FROM rpt_session_reports ORDER BY session_id")
    found = [(report["session_id"], report["tutor_id"], report["status"]) for report in reports]
    assert found == [
        ("away", "t-away", "cancelled"),
        ("corrected", "t-to", "completed"),
        ("first-c", "t-to", "completed"),
        ("live-held", "t-to", "completed"),
        ("wrong-student", "t-to", "completed"),
        ("wrong-tutor", "t-to", "completed"),
    ]


def test_a_report_of_a_tutor_without_a_score_has_no_number(grown_warehouse: TinyWarehouse) -> None:
    report = grown_warehouse.one("rpt_session_reports", session_id="away")
    assert (report["score"], report["reasons"]) == (None, [])
    assert report["headline"] == "The tutor cancelled it, 2 days before"
