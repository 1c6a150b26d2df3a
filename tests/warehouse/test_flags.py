"""Who needs attention, and how sure we are."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import mean

import pytest

from core.lake import SESSIONS
from flows.build import PROJECT_DIR
from flows.results import refuse_failures
from tests.warehouse.conftest import TinyWarehouse
from tests.warehouse.tiny_world import AS_OF, land, moment, moved, session

with (PROJECT_DIR / "dbt_project/seeds/score_components.csv").open() as seed:
    LIMIT = next(
        float(row["flag_ratio"])
        for row in csv.DictReader(seed)
        if row["component"] == "reliability"
    )


def test_only_the_clearly_bad_tutor_is_flagged(full_warehouse: TinyWarehouse) -> None:
    (flag,) = full_warehouse.rows("FROM fct_flags WHERE is_open")
    assert (flag["tutor_id"], flag["kind"], flag["severity"]) == ("t-bad", "reliability", "high")
    assert flag["flag_id"] == f"t-bad|reliability|{flag['opened_on']}"
    assert flag["ratio_low"] > 1 and flag["probability"] > 0.9 and flag["closed_on"] is None
    assert (flag["status"], flag["needs_attention"]) == ("open", True)


def test_the_list_says_why_and_what_would_clear_it(full_warehouse: TinyWarehouse) -> None:
    (entry,) = full_warehouse.rows("FROM rpt_needs_attention")
    assert (entry["position"], entry["tutor_id"], entry["is_in_capacity"]) == (1, "t-bad", True)
    worst = entry["reasons"][0]
    assert worst["reason_text"].startswith("moved or cancelled 22 of 56 sessions (typical: ")
    assert worst["points"] < 0
    words = f"Clears after about {entry['sessions_to_clear']} sessions kept in a row."
    assert entry["clears_text"] == words


def test_a_flag_opens_a_week_after_its_evidence_was_strong_first(
    full_warehouse: TinyWarehouse,
) -> None:
    (flag,) = full_warehouse.rows("FROM fct_flags")
    (evidence,) = full_warehouse.rows(
        "SELECT min(score_date) AS seen_on FROM intermediate.int_tutor_component_days "
        "INNER JOIN fct_tutor_scores USING (tutor_id, score_date) WHERE tutor_id = 't-bad' "
        "AND component = 'reliability' AND state = 'scored' AND probability > 0.9 "
        "AND expected >= 1.5"
    )
    assert (flag["opened_on"] - evidence["seen_on"]).days == 7


def test_numbers_on_the_card_the_list_and_the_flag_agree(full_warehouse: TinyWarehouse) -> None:
    card = full_warehouse.one("rpt_tutor_scorecards", tutor_id="t-bad")
    entry = full_warehouse.one("rpt_needs_attention", tutor_id="t-bad")
    flag = full_warehouse.one("fct_flags", tutor_id="t-bad")
    part = full_warehouse.components("t-bad")["reliability"]
    assert card["score"] == entry["score"] and entry["flag_ids"] == [flag["flag_id"]]
    assert (part["rate"], part["rate_low"], part["points"]) == (
        flag["rate"],
        flag["rate_low"],
        flag["points"],
    )


@pytest.fixture(scope="module")
def true_ratios() -> dict[str, float]:
    """Returns true ratios spread as the prior of the formula says."""
    random = Random(1)
    drawn = {f"t-{number}": min(random.gammavariate(2, 1 / 2), 4) for number in range(180)}
    return {tutor_id: ratio / mean(drawn.values()) for tutor_id, ratio in drawn.items()}


@pytest.fixture(scope="module")
def known_truth(
    true_ratios: dict[str, float], tmp_path_factory: pytest.TempPathFactory
) -> TinyWarehouse:
    folder = tmp_path_factory.mktemp("truth")
    warehouse = TinyWarehouse(folder / "warehouse", folder / "lake")
    random = Random(6)
    rows = []
    for tutor_id, ratio in true_ratios.items():
        for number in range(120):
            start = moment(-1 - number // 2, hour=15 + number % 2)
            changes = moved("tutor", 2, start) if random.random() < 0.2 * ratio else {}
            rows.append(session(f"{tutor_id}-{number}", tutor_id, start, **changes))
    land(warehouse.lake_dir, SESSIONS, rows, 1)
    refuse_failures(warehouse.build(AS_OF))
    return warehouse


def test_as_many_flags_are_false_as_is_printed_beside_them(
    true_ratios: dict[str, float], known_truth: TinyWarehouse
) -> None:
    listed = known_truth.rows("FROM rpt_needs_attention")
    expected = sum(row["false_alarm_probability"] for row in listed)
    false = sum(true_ratios[row["tutor_id"]] < LIMIT for row in listed)
    assert len(listed) > 15 and 0 < expected < len(listed) / 4
    assert abs(false - expected) <= 2 * expected**0.5


def test_the_most_avoidable_harm_comes_first_and_ends_at_what_coaches_can_do(
    known_truth: TinyWarehouse,
) -> None:
    listed = known_truth.rows("FROM rpt_needs_attention ORDER BY position")
    harm = [row["avoidable_event_count"] for row in listed]
    assert harm == sorted(harm, reverse=True) and harm[-1] > 0
    first = [row for row in listed if row["is_in_capacity"]]
    assert first == listed[:15] and len(listed) > 15
    printed = known_truth.one("rpt_freshness")["expected_false_alarms"]
    assert printed == pytest.approx(sum(row["false_alarm_probability"] for row in first))


def test_as_many_good_sessions_as_are_told_clear_a_flag_and_half_of_them_do_not(
    known_truth: TinyWarehouse, tmp_path: Path
) -> None:
    query = "FROM fct_flags WHERE sessions_to_clear > 20 ORDER BY sessions_to_clear LIMIT 1"
    [flag] = known_truth.rows(query)
    kept = [
        session(f"kept-{number}", flag["tutor_id"], AS_OF - timedelta(minutes=number))
        for number in range(flag["sessions_to_clear"] + 2)
    ]
    land(known_truth.lake_dir, SESSIONS, kept, 90_000)
    again = known_truth.copy_to(tmp_path)
    is_open = []
    for count in (len(kept) // 2, len(kept)):
        refuse_failures(again.build_upto(89_999 + count, AS_OF))
        is_open.append(again.one("fct_flags", flag_id=flag["flag_id"])["is_open"])
    assert is_open == [True, False]
