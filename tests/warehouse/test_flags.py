"""Who needs attention, and how sure we are."""

from __future__ import annotations

from tests.warehouse.conftest import TinyWarehouse


def test_only_the_clearly_bad_tutor_is_flagged(full_warehouse: TinyWarehouse) -> None:
    (flag,) = full_warehouse.rows("FROM fct_flags WHERE is_open")
    assert (flag["tutor_id"], flag["kind"], flag["severity"]) == ("t-bad", "reliability", "high")
    assert flag["flag_id"] == f"t-bad|reliability|{flag['opened_on']}"
    assert flag["ratio_low"] > 1 and flag["probability"] > 0.9 and flag["closed_on"] is None


def test_the_list_says_why_and_what_would_clear_it(full_warehouse: TinyWarehouse) -> None:
    (entry,) = full_warehouse.rows("FROM rpt_needs_attention")
    assert (entry["position"], entry["tutor_id"], entry["is_in_capacity"]) == (1, "t-bad", True)
    worst = entry["reasons"][0]
    assert worst["reason_text"].startswith("moved or cancelled 22 of 56 sessions (typical: ")
    assert worst["points"] < 0
    assert entry["clears_text"].startswith("Clears after about")


def test_a_flag_is_an_event_that_the_evidence_of_its_day_explains(
    full_warehouse: TinyWarehouse,
) -> None:
    (flag,) = full_warehouse.rows("FROM fct_flags")
    (before,) = full_warehouse.rows(
        "SELECT max(score_date) AS day FROM fct_tutor_scores "
        f"WHERE tutor_id = 't-bad' AND score_date < DATE '{flag['opened_on']}'"
    )
    assert (flag["opened_on"] - before["day"]).days == 1
    assert flag["expected_count"] >= 1.5


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
