"""What can be done about a case is offered to who may do it; what was done is told in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from core.under_way import Act
from notebooks import data, data_actions
from notebooks.data import Reader, Row
from notebooks.pages import actions, compose
from notebooks.viewer import NOBODY, Viewer

PEOPLE = {"dana": "Dana", "priya": "Priya", "olga": "Olga"}
DANA = Viewer("dana", "Dana", "coach", may_act=True, people=PEOPLE)
ANNA = Viewer("anna", "Anna", "analyst", people=PEOPLE)


def _case(reader: Reader, **changes: Any) -> Row:
    return data.needs_attention(reader)[0] | {"seen_seq": 41, "just_now": []} | changes


def test_a_coach_may_take_or_snooze_each_case_of_the_list(shown_set: Reader) -> None:
    page = compose(shown_set, {}, DANA).body
    assert "Take this case" in page and "Snooze…" in page and "nobody yet" in page
    assert "T-1|reliability|2026-11-20" in page


@pytest.mark.parametrize("viewer", [ANNA, NOBODY])
def test_who_may_not_act_sees_who_has_a_case_and_no_button(
    shown_set: Reader, viewer: Viewer
) -> None:
    page = compose(shown_set, {}, viewer).body
    assert "nobody yet" in page
    assert "<button" not in page


def test_ones_own_case_is_not_offered_again_and_a_colleagues_can_be_taken_over(
    shown_set: Reader,
) -> None:
    own = actions.panel(_case(shown_set, status="assigned", assignee="dana"), DANA)
    assert "Take this case" not in own and "· you" in own
    hers = actions.panel(_case(shown_set, status="assigned", assignee="priya"), DANA)
    assert "Take this case" in hers and "· Priya" in hers


def test_a_snooze_is_offered_for_a_week_until_worse_and_never_into_the_past(
    shown_set: Reader,
) -> None:
    case = _case(shown_set, as_of=datetime(2026, 11, 22, 16, tzinfo=UTC))
    assert 'value="2026-11-29" min="2026-11-23"' in actions.short(case, DANA)


def test_a_case_is_given_to_colleagues_only(shown_set: Reader) -> None:
    panel = actions.panel(_case(shown_set), DANA)
    assert '<option value="priya">Priya</option>' in panel
    assert '<option value="dana">' not in panel
    alone = Viewer("dana", "Dana", "coach", may_act=True, people={"dana": "Dana"})
    assert "Give to" not in actions.panel(_case(shown_set), alone)


def test_what_was_done_lately_is_told_by_name_newest_first(shown_set: Reader) -> None:
    acts = data_actions.lately(shown_set)
    assert [act["action_ids"] for act in acts] == [["a2.0"], ["a1.0"]]
    told = actions.trail(acts, DANA, "America/Chicago", names_tutor=True)
    assert "Priya gave it to you" in told and "Priya wrote a note: Talked with the tutor" in told
    assert "<q>Called him on Monday.</q>" in told and "22 Nov 2026, 09:00 CST" in told
    assert "Okafor, Ben" in told


def test_only_who_did_it_or_an_admin_may_take_it_back(shown_set: Reader) -> None:
    acts = data_actions.trail(shown_set, "T-4")
    assert len(acts) == 3
    offered = {
        viewer: actions.trail(acts, Viewer(*viewer, may_act=True), "UTC").count("Undo</button>")
        for viewer in [("dana", "D", "coach"), ("priya", "P", "coach"), ("olga", "O", "admin")]
    }
    assert list(offered.values()) == [0, 2, 3]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"action": "undo", "reason_code": "snooze"}, "You took back the snooze"),
        (
            {"action": "snooze", "until_sessions": 5, "until_worse": True},
            "snoozed it until 29 Nov 2026, 16:00 UTC or 5 more sessions or it gets worse",
        ),
        ({"action": "dismiss", "reason_code": "agreed", "agrees": False}, "and did not agree"),
        ({"action": "acknowledge"}, "You saw it"),
    ],
)
def test_each_act_has_words(shown_set: Reader, changes: Row, words: str) -> None:
    until = datetime(2026, 11, 29, 16, tzinfo=UTC)
    act = data_actions.trail(shown_set, "T-4")[0] | {
        "acted_by": "dana",
        "snoozed_until": until,
        "agrees": None,
        "reason_code": None,
        "note": None,
    }
    assert words in actions.trail([act | changes], DANA, "UTC")


def test_a_note_cannot_become_html(shown_set: Reader) -> None:
    act = data_actions.trail(shown_set, "T-4")[0] | {"note": "<script>alert(1)</script>"}
    assert "<script>" not in actions.trail([act], DANA, "UTC")


_TAKEN = Act(
    "b1.0", 1, "T-1|reliability|2026-11-20", "assign", "priya", datetime.now(UTC), assignee="priya"
)


def _with(reader: Reader, *acts: Act) -> Reader:
    return replace(reader, acts=acts)


@pytest.mark.parametrize("query", [{}, {"tutor": "T-1"}])
def test_what_a_colleague_did_just_now_stands_where_one_would_act(
    shown_set: Reader, query: dict[str, str]
) -> None:
    page = compose(_with(shown_set, _TAKEN), query, DANA).body
    assert "Just now" in page and "<p>Priya took the case</p>" in page
    assert "Take this case" not in page and "Undo" not in page.split("Just now")[1][:300]
    assert "Just now" in compose(_with(shown_set, _TAKEN), query, ANNA).body


def test_ones_own_act_can_be_taken_back_at_once_and_that_is_told_too(shown_set: Reader) -> None:
    own = replace(_TAKEN, acted_by="dana", assignee="dana")
    case = data_actions.just_now(_with(shown_set, own), "T-1")
    panel = actions.panel(_case(shown_set, just_now=case), DANA)
    assert "You took the case" in panel and "b1.0" in panel
    undone = replace(own, version=2, action="undo", reason_code="assign")
    case = data_actions.just_now(_with(shown_set, undone), "T-1")
    panel = actions.panel(_case(shown_set, just_now=case), DANA)
    assert "You took back who has the case" in panel and "Undo" not in panel


def test_what_the_set_has_is_told_by_the_set(shown_set: Reader) -> None:
    known = replace(_TAKEN, action_id="A-1")
    assert data_actions.just_now(_with(shown_set, known), "T-1") == []
    assert data_actions.just_now(_with(shown_set, _TAKEN), "T-4") == []
    snoozed = replace(_TAKEN, action_id="b2.0", action="snooze")
    [row] = data_actions.just_now(_with(shown_set, snoozed), "T-1")
    assert "Priya snoozed it" in actions.panel(_case(shown_set, just_now=[row]), DANA)
