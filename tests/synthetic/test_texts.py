from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from core.contract import Session
from synthetic.live import upcoming_sessions
from synthetic.ndjson import session_lines
from synthetic.phrases import CODES, MINUTES, load_phrases
from synthetic.world import World, make_world

KINDS = ("student_feedback", "tutor_notes", "transcript")


@pytest.fixture(scope="module")
def told(world_end: datetime) -> World:
    return make_world(23, 120, 900, 60, 1_000, world_end, texts=True)


@pytest.fixture(scope="module")
def every(told: World) -> pl.DataFrame:
    return pl.concat([told.sessions, told.future])


@pytest.fixture(scope="module")
def planted(told: World, every: pl.DataFrame) -> pl.DataFrame:
    """What is planted, beside the session it is planted in; traps are not findings."""
    return told.truth.texts.filter(pl.col("code").is_not_null()).join(every, on="session_id")


def minutes(earlier: str, later: str) -> pl.Expr:
    return (pl.col(later) - pl.col(earlier)).dt.total_seconds() / 60


def findings(planted: pl.DataFrame, code: str) -> pl.DataFrame:
    return planted.filter(pl.col("trap").is_null(), code=code)


@pytest.mark.parametrize("code", CODES)
def test_each_finding_has_thirty_wordings_and_both_traps(code: str) -> None:
    known = load_phrases()
    wordings = [text for (of, _), texts in known.findings.items() if of == code for text in texts]
    assert len(set(wordings)) == len(wordings) >= 30
    for trap in ("negation", "third_party"):
        voices = [voice for of, kind, voice in known.traps if (of, kind) == (code, trap)]
        assert {"feedback", "notes"} <= set(voices)


def test_no_sentence_is_a_finding_and_a_trap_or_plain() -> None:
    known = load_phrases()
    groups = [set().union(*map(set, group.values())) for group in vars(known).values()]
    assert sum(map(len, groups)) == len(set().union(*groups)) > 450
    assert not any(MINUTES in text for text in groups[1] | groups[2])


@pytest.mark.parametrize("code", CODES)
def test_many_wordings_are_used(planted: pl.DataFrame, code: str) -> None:
    shown = findings(planted, code)["quote"].str.replace(r"\d+", MINUTES, literal=False)
    assert shown.n_unique() >= 25


def test_texts_are_within_the_contract(every: pl.DataFrame) -> None:
    with_dialogue = every.filter(pl.col("transcript").is_not_null())[:500]
    for line in session_lines(pl.concat([every[:2_000], with_dialogue])):
        session = Session.model_validate_json(line)
        assert not session.model_extra
    assert session.transcript and {turn.speaker for turn in session.transcript} == {
        "tutor",
        "student",
    }


def test_quotes_stand_in_their_texts(planted: pl.DataFrame) -> None:
    for kind in KINDS[:2]:
        of_kind = planted.filter(kind=kind)
        assert of_kind.height > 500
        assert of_kind.select(pl.col(kind).str.contains(pl.col("quote"), literal=True).all()).item()
        assert of_kind["turn"].null_count() == of_kind.height


def test_quotes_stand_in_their_turns(planted: pl.DataFrame) -> None:
    of_kind = planted.filter(kind="transcript")
    turn = of_kind.select(pl.col("transcript").list.get(pl.col("turn"))).to_series()
    assert of_kind.height > 500
    assert turn.struct.field("text").equals(of_kind["quote"].alias("text"))


def test_truth_tells_of_each_text_also_of_those_without_findings(
    told: World, every: pl.DataFrame
) -> None:
    for kind in KINDS:
        ids = every.filter(pl.col(kind).is_not_null())["session_id"]
        known = told.truth.texts.filter(kind=kind)["session_id"].unique()
        assert known.sort().equals(ids.sort())
        plain = told.truth.texts.filter(pl.col("code").is_null(), kind=kind)
        assert 0.2 < plain.height / len(ids) < 0.9


def test_findings_agree_with_what_happened(planted: pl.DataFrame) -> None:
    late = findings(planted, "tutor_late")
    early = findings(planted, "ended_early")
    assert late.select((minutes("scheduled_start", "tutor_joined_at") > 5).all()).item()
    assert early.select((minutes("tutor_left_at", "scheduled_end") > 5).all()).item()
    assert findings(planted, "tech_issue")["technical_issue"].all()
    assert (planted["status"] == "completed").all()


def test_minutes_that_are_told_are_those_that_passed(planted: pl.DataFrame) -> None:
    late = findings(planted, "tutor_late")
    said = pl.col("quote").str.extract(r"(\d+)").cast(pl.Float64)
    gap = (said - minutes("scheduled_start", "tutor_joined_at")).abs()
    assert late.select(said.count()).item() > 100
    assert late.select(gap.max()).item() <= 1


def test_traps_are_about_what_did_not_happen(planted: pl.DataFrame) -> None:
    traps = planted.filter(pl.col("trap").is_not_null())
    assert set(traps["code"]) == set(CODES)
    found = planted.filter(pl.col("trap").is_null()).select("session_id", "code")
    assert traps.join(found, on=["session_id", "code"]).is_empty()
    on_time = minutes("scheduled_start", "tutor_joined_at") < 1
    assert traps.filter(code="tutor_late").select(on_time.all()).item()
    assert not traps.filter(code="tech_issue")["technical_issue"].any()


def test_only_first_sessions_have_transcripts(told: World, every: pl.DataFrame) -> None:
    first = every.join(told.truth.sessions.filter("is_first_session"), on="session_id", how="semi")
    held = first.filter(pl.col("status") == "completed")
    assert 0.85 < held["transcript"].is_not_null().mean() < 0.95
    assert every["transcript"].count() == held["transcript"].count()


def test_turns_follow_each_other_within_the_lesson(every: pl.DataFrame) -> None:
    spoken = every.filter(pl.col("transcript").is_not_null())
    moments = pl.col("transcript").list.eval(pl.element().struct.field("at_seconds"))
    present = (pl.col("tutor_left_at") - pl.col("tutor_joined_at")).dt.total_seconds()
    told = spoken.select(m=moments, last=moments.list.last(), present=present)
    assert told["m"].equals(told["m"].list.sort())
    assert (told["last"] <= told["present"] + 15).all()
    assert told["m"].list.len().min() >= 10


def test_tutors_tell_of_absent_students_without_a_finding(told: World, every: pl.DataFrame) -> None:
    alone = every.filter(pl.col("no_show_party") == "student", pl.col("tutor_notes").is_not_null())
    about = told.truth.texts.join(alone, on="session_id", how="semi")
    assert about.height > 50 and about["code"].null_count() == about.height


def test_texts_leave_all_else_as_it_is(told: World, world_end: datetime) -> None:
    without = make_world(23, 120, 900, 60, 1_000, world_end)
    assert told.sessions.drop(KINDS).equals(without.sessions)
    assert without.truth.texts.is_empty()
    assert without.truth.texts.columns == told.truth.texts.columns


def test_same_seed_gives_the_same_texts(told: World, world_end: datetime) -> None:
    again = make_world(23, 120, 900, 60, 1_000, world_end, texts=True)
    assert again.sessions.equals(told.sessions)
    assert again.truth.texts.equals(told.truth.texts)


def test_upcoming_sessions_have_no_texts_yet(told: World, world_end: datetime) -> None:
    upcoming = upcoming_sessions(told, world_end)
    assert upcoming.height > 500
    for kind in KINDS:
        assert upcoming[kind].null_count() == upcoming.height
