"""The rules grader hears what happened, and not what was denied or done by others."""

from __future__ import annotations

import asyncio

import pytest

from flows.reviews.listening import findings_in
from flows.reviews.material import Kind, Material, Passage, Speaker, to_passages
from flows.reviews.review import check
from flows.reviews.rubric import load_rubric
from flows.reviews.rules_grader import RulesGrader, read_by_rules
from tests.flows.reviews.conftest import material

Voice = tuple[Kind, Speaker]
FEEDBACK: Voice = ("student_feedback", "student")
NOTES: Voice = ("tutor_notes", "tutor")
STUDENT: Voice = ("transcript", "student")
TUTOR: Voice = ("transcript", "tutor")
HEARD = [
    ("tutor_late", FEEDBACK, "We waited a quarter of an hour for the tutor to show up."),
    ("tutor_late", NOTES, "Had trouble with traffic and arrived ten minutes late."),
    ("tutor_late", TUTOR, "Hello, sorry for the delay!"),
    ("unprepared", FEEDBACK, "It was obvious that she hadn't prepared anything."),
    ("unprepared", TUTOR, "I haven't read the chapter you sent, sorry."),
    ("gave_answers", FEEDBACK, "He did all of my homework for me."),
    ("gave_answers", TUTOR, "Let me just give you the solution."),
    ("off_platform", FEEDBACK, "She wants us to pay her in cash."),
    ("off_platform", TUTOR, "Message me on another app and we save the fee."),
    ("dismissive_tone", FEEDBACK, "The tutor rolled her eyes when I asked again."),
    ("dismissive_tone", TUTOR, "How many times do I have to explain this?"),
    ("tech_issue", STUDENT, "I can't hear you, the sound is gone."),
    ("tech_issue", NOTES, "Internet went down twice."),
    ("ended_early", FEEDBACK, "The tutor logged off ten minutes before the end."),
    ("ended_early", TUTOR, "I have to leave now, sorry."),
    ("student_distress", STUDENT, "I can't sleep, I'm so stressed."),
    ("student_distress", NOTES, "She started crying."),
]
NOT_HEARD = [
    (FEEDBACK, "The tutor wasn't late, not even a minute."),
    (FEEDBACK, "My previous tutor was always late."),
    (FEEDBACK, "I was late because of the bus."),
    (NOTES, "The student was late by five minutes."),
    (FEEDBACK, "My teacher at school never prepares anything."),
    (NOTES, "The student came unprepared."),
    (FEEDBACK, "He never gives me the answers."),
    (TUTOR, "I won't do it for you, try it."),
    (NOTES, "The mother asked to pay me in cash and I refused."),
    (STUDENT, "My friend pays her teacher in cash."),
    (FEEDBACK, "She was never impatient with me."),
    (FEEDBACK, "My brother calls me stupid."),
    (FEEDBACK, "The sound never cut out."),
    (NOTES, "No technical problems today."),
    (FEEDBACK, "We did not stop early."),
    (STUDENT, "School ended early today."),
    (NOTES, "He was not anxious at all."),
    (STUDENT, "In the story the boy is bullied."),
    (NOTES, "Good focus, we finished the worksheet."),
]


@pytest.mark.parametrize(("code", "voice", "sentence"), HEARD)
def test_what_happened_is_heard(code: str, voice: Voice, sentence: str) -> None:
    found = dict(findings_in(Passage(*voice, f"Fine so far. {sentence} Bye.")))
    assert found == {code: sentence}


@pytest.mark.parametrize(("voice", "sentence"), NOT_HEARD)
def test_what_was_denied_or_done_by_others_is_not(voice: Voice, sentence: str) -> None:
    assert dict(findings_in(Passage(*voice, sentence))) == {}


def test_a_denial_in_one_clause_leaves_the_next_alone() -> None:
    said = "The board did not freeze, but the sound kept cutting out."
    assert dict(findings_in(Passage("tutor_notes", "tutor", said))) == {"tech_issue": said}


def test_every_quote_of_the_rules_is_verbatim() -> None:
    said = "My tutor was late.  And the sound froze; I can't sleep!"
    whole = material(feedback=said)
    review = check(read_by_rules(whole, load_rubric()), whole, load_rubric())
    assert review.refused_count == 0 and review.status == "graded"
    assert {one.code for one in review.findings} == {"tutor_late", "tech_issue", "student_distress"}


def test_levels_come_from_phrases_and_the_rest_is_not_observable() -> None:
    graded = asyncio.run(RulesGrader().grade(material(), load_rubric()))
    levels = {one.item: one.level for one in graded.answer.items}
    assert levels == {
        "rapport": 3,
        "goal_set": 3,
        "diagnosis": 3,
        "clarity": None,
        "pacing": None,
        "next_step": 3,
    }
    assert graded.usage.usd == 0


def test_a_session_without_a_transcript_has_findings_but_no_levels() -> None:
    only = Material("s", 1, to_passages(None, None, "The tutor was late."))
    review = check(read_by_rules(only, load_rubric()), only, load_rubric())
    assert [one.code for one in review.findings] == ["tutor_late"]
    assert {one.level for one in review.items} == {None} and review.points is None
