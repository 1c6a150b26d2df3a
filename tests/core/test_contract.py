"""The contract: what is taken, what is refused, and that nothing is bent to fit."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from core.contract import FlagAction, Session, Tutor

START, END = "2026-11-20T16:00:00-06:00", "2026-11-20T17:00:00-06:00"
GOOD: dict[str, Any] = {
    "session_id": "s-1",
    "tutor_id": "t-1",
    "student_id": "st-1",
    "status": "completed",
    "scheduled_start": START,
    "scheduled_end": END,
}
ASKED = {"initiator": "tutor", "requested_at": "2026-11-19T00:00:00Z"}


def _session(**changes: Any) -> Session:
    return Session.model_validate_json(json.dumps(GOOD | changes))


ACCEPTED: list[dict[str, Any]] = [
    {},
    {"session_id": "a"},
    {"session_id": "A" * 128},
    {"session_id": "0198a6c2-9d1e-7c3a-b5e4-2f7a9c1d3e5f"},
    {"session_id": "1.b:c_d-e"},
    {"version": 2**31 - 1},
    {"scheduled_start": "2026-11-20T22:00:00Z", "scheduled_end": "2026-11-20T22:00:00Z"},
    {"scheduled_start": "2026-11-20T22:00:00.123456Z"},
    {"reschedule": ASKED | {"new_start": "2026-11-18T16:00:00Z"}, "status": "rescheduled"},
    {"tutor_joined_at": "2026-11-20T21:40:00Z", "tutor_left_at": None},
    {"tutor_left_at": "2026-11-20T21:00:00Z"},
    {"student_rating": 1, "tutor_rating": 5},
    {"subject": "", "grade_level": "K"},
    {"transcript": []},
    {"transcript": [{"speaker": "a", "text": "", "at_seconds": 0}]},
    {"time_zone": "America/Argentina/Buenos_Aires"},
]


@pytest.mark.parametrize("changes", ACCEPTED, ids=str)
def test_good_records_pass(changes: dict[str, Any]) -> None:
    assert _session(**changes).model_dump(mode="json", include={*changes}).keys() == {*changes}


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"session_id": ""}, "string_pattern_mismatch"),
    ({"session_id": "A" * 129}, "string_pattern_mismatch"),
    ({"session_id": "-a"}, "string_pattern_mismatch"),
    ({"session_id": "a b"}, "string_pattern_mismatch"),
    ({"session_id": "a\n"}, "string_pattern_mismatch"),
    ({"session_id": "é"}, "string_pattern_mismatch"),
    ({"session_id": 5}, "string_type"),
    ({"tutor_id": None}, "string_type"),
    ({"status": "Completed"}, "literal_error"),
    ({"version": 0}, "greater_than_equal"),
    ({"version": 2**31}, "less_than_equal"),
    ({"version": "1"}, "int_type"),
    ({"version": True}, "int_type"),
    ({"student_rating": 5.0}, "int_type"),
    ({"student_rating": 0}, "greater_than_equal"),
    ({"tutor_rating": 6}, "less_than_equal"),
    ({"is_first_session": 1}, "bool_type"),
    ({"technical_issue": "false"}, "bool_type"),
    ({"scheduled_start": "2026-11-20T16:00:00"}, "timezone_aware"),
    ({"scheduled_start": 1795212000}, "datetime_form"),
    ({"scheduled_start": "1795212000"}, "datetime_form"),
    ({"scheduled_start": "2026-11-20"}, "datetime_form"),
    ({"scheduled_start": "2026-11-20_16:00:00Z"}, "datetime_form"),
    ({"scheduled_start": "2026-11-31T16:00:00Z"}, "datetime_from_date_parsing"),
    ({"scheduled_start": "1999-12-31T23:59:59Z"}, "greater_than_equal"),
    ({"scheduled_end": "2100-01-01T00:00:00Z"}, "less_than"),
    ({"tutor_joined_at": "0001-01-01T00:00:00+23:00"}, "greater_than_equal"),
    ({"scheduled_end": "2026-11-20T15:59:59-06:00"}, "time_order"),
    ({"tutor_joined_at": END, "tutor_left_at": START}, "time_order"),
    ({"student_joined_at": END, "student_left_at": START}, "time_order"),
    ({"time_zone": "CST6"}, "zone_unknown"),
    ({"time_zone": "../UTC"}, "zone_unknown"),
    ({"no_show_party": "platform"}, "literal_error"),
    ({"reschedule": {"initiator": "tutor"}}, "missing"),
    ({"cancellation": ASKED | {"initiator": "parent"}}, "literal_error"),
    ({"subject": "a" * 201}, "string_too_long"),
    ({"student_feedback": "a" * 20_001}, "string_too_long"),
    ({"transcript": [{"speaker": "a", "text": "b", "at_seconds": -1}]}, "greater_than_equal"),
]


@pytest.mark.parametrize(("changes", "kind"), REFUSED)
def test_bad_records_are_refused_for_one_reason_and_not_repeated(
    changes: dict[str, Any], kind: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        _session(**changes)
    assert [error["type"] for error in refusal.value.errors()] == [kind]
    assert "input_value" not in str(refusal.value)


@pytest.mark.parametrize("name", GOOD)
def test_required_fields_are_required(name: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        Session.model_validate_json(json.dumps({k: v for k, v in GOOD.items() if k != name}))
    assert [(e["loc"], e["type"]) for e in refusal.value.errors()] == [((name,), "missing")]


def test_unknown_fields_are_kept_at_every_level() -> None:
    session = _session(room="B-4", reschedule=ASKED | {"channel": "app"})
    assert session.model_extra == {"room": "B-4"}
    assert session.reschedule and session.reschedule.model_extra == {"channel": "app"}


def test_the_offset_tells_the_moment() -> None:
    assert _session() == _session(
        scheduled_start="2026-11-20T22:00:00Z", scheduled_end="2026-11-20T23:00:00Z"
    )


TUTOR = {
    "tutor_id": "t-1",
    "display_name": "A",
    "started_on": "2025-02-03",
    "time_zone": "UTC",
}


@pytest.mark.parametrize(
    "changes",
    [
        {"display_name": ""},
        {"started_on": "03/02/2025"},
        {"started_on": "20250203"},
        {"started_on": "86400"},
        {"started_on": 0},
        {"manager_email": "nobody"},
        {"manager_email": "a@b\nBcc: c@d"},
        {"subjects": "Algebra"},
        {"time_zone": None},
        {"version": 0},
    ],
    ids=str,
)
def test_bad_profiles_are_refused(changes: dict[str, Any]) -> None:
    assert Tutor.model_validate_json(json.dumps(TUTOR)).subjects == []
    with pytest.raises(ValidationError):
        Tutor.model_validate_json(json.dumps(TUTOR | changes))


def test_flag_actions_know_their_seven_words() -> None:
    action = {"action_id": "a", "flag_id": "t-1|reliability|2026-11-15", "action": "dismiss"}
    assert FlagAction.model_validate(action).agrees is None
    with pytest.raises(ValidationError):
        FlagAction.model_validate(action | {"action": "delete"})
