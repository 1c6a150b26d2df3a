"""What a score is made of, and when there is none."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flows.results import refuse_failures
from tests.warehouse.conftest import TinyWarehouse
from tests.warehouse.tiny_world import AS_OF, EQUALS, land_batch

COUNTED = ("reliability", "attendance", "first_sessions")
POINTS = ("reliability_points", "attendance_points", "quality_points", "first_sessions_points")


def test_nothing_bad_is_a_count_of_zero_and_a_real_rate(full_warehouse: TinyWarehouse) -> None:
    receipt = full_warehouse.components("t-clean")
    assert [receipt[name]["event_count"] for name in COUNTED] == [0, 0, 0]
    assert 0 < receipt["reliability"]["rate"] < receipt["reliability"]["platform_rate"]
    assert receipt["reliability"]["points"] > 0


def test_no_scored_tutor_has_an_empty_place_on_the_receipt(full_warehouse: TinyWarehouse) -> None:
    holes = full_warehouse.rows(
        "WITH parts AS (SELECT unnest(components, recursive := true) FROM rpt_tutor_scorecards) "
        "FROM parts WHERE points IS NULL OR session_count IS NULL OR reason_text IS NULL "
        "OR (event_count IS NULL AND component <> 'quality')"
    )
    assert holes == []


def test_a_tutor_without_ratings_gets_no_points_for_quality(full_warehouse: TinyWarehouse) -> None:
    quality = full_warehouse.components("t-unrated")["quality"]
    assert (quality["points"], quality["session_count"]) == (0, 0)
    assert quality["reason_text"].startswith("no ratings yet")


def test_a_score_is_the_baseline_plus_its_points(full_warehouse: TinyWarehouse) -> None:
    cards = full_warehouse.rows("FROM rpt_tutor_scorecards WHERE state = 'scored'")
    assert len(cards) == 9
    for card in cards:
        points = sum(part["points"] for part in card["components"])
        assert card["score"] == card["baseline"] + points


def test_the_history_of_scores_adds_up_too(full_warehouse: TinyWarehouse) -> None:
    days = full_warehouse.rows("FROM fct_tutor_scores WHERE state = 'scored'")
    assert len(days) > 100
    assert all(day["score"] == day["baseline"] + sum(day[p] for p in POINTS) for day in days)


def test_tutors_alike_have_the_same_score(full_warehouse: TinyWarehouse) -> None:
    cards = [full_warehouse.one("rpt_tutor_scorecards", tutor_id=name) for name in EQUALS]
    assert len({(card["score"], card["score_low"], card["score_high"]) for card in cards}) == 1


def test_one_session_and_one_move_make_a_new_tutor_and_no_number(
    full_warehouse: TinyWarehouse,
) -> None:
    card = full_warehouse.one("rpt_tutor_scorecards", tutor_id="t-new")
    assert (card["state"], card["score"], card["components"]) == ("new_tutor", None, [])
    assert (card["severity"], card["open_flag_count"]) == (None, 0)
    assert card["state_text"].startswith("New tutor: 2 sessions")


def test_no_tutor_disappears_for_being_silent_unknown_or_booked_only(
    full_warehouse: TinyWarehouse,
) -> None:
    cards = full_warehouse.rows("SELECT tutor_id FROM rpt_tutor_scorecards")
    known = {card["tutor_id"] for card in cards}
    assert {"t-quiet", "t-silent-1", "t-profile", "t-ahead", "t-away", "t-to"} <= known


def test_silence_ages_evidence(full_warehouse: TinyWarehouse) -> None:
    even, quiet = (
        full_warehouse.one("rpt_tutor_scorecards", tutor_id=name)["effective_session_count"]
        for name in ("t-even-1", "t-quiet")
    )
    assert abs(quiet - even * 2 ** (-60 / 90)) < 1e-6
    silent = full_warehouse.one("rpt_tutor_scorecards", tutor_id="t-silent-1")
    assert (silent["state"], silent["session_count"]) == ("not_enough_recent_data", 0)


def test_a_build_as_of_a_past_day_gives_what_held_then(tmp_path: Path) -> None:
    past = TinyWarehouse(tmp_path / "warehouse", tmp_path / "lake")
    land_batch(past.lake_dir, 1)
    refuse_failures(past.build(AS_OF - timedelta(days=300)))
    cards = past.rows("FROM rpt_tutor_scorecards WHERE state = 'scored'")
    assert {card["tutor_id"] for card in cards} == {"t-silent-1", "t-silent-2"}
    assert {card["session_count"] for card in cards} == {28}
    assert past.rows("FROM fct_flags") == []
    freshness = past.one("rpt_freshness")
    assert freshness["as_of"] == AS_OF - timedelta(days=300)
