"""Tutors whose flags open, go on, clear and come back, and what coaches did about them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from core.lake import FLAG_ACTIONS, SESSIONS
from tests.warehouse.tiny_world import AS_OF, Row, land, moment, moved, session

# a micro-batch reads up to one of these
SESSIONS_SEQ, FIRST_ACTIONS_SEQ, ALL_ACTIONS_SEQ, LATE_SEQ = 20_000, 30_000, 40_000, 50_000
# tutors alike, whose flag opened seven weeks ago and goes on; named for what is done about it
GOING_ON = (
    "t-untouched",
    "t-noticed",
    "t-snoozed",
    "t-woken",
    "t-taught",
    "t-undone",
    "t-dismissed",
    "t-resolved",
    "t-assigned",
    "t-raced",
    "t-disputed",
    "t-moved",
)
STEADY = tuple(f"t-steady-{number}" for number in range(40))


def stretch(
    tutor_id: str, first: int, last: int, *, a_day: int, kept_of: tuple[int, int]
) -> Iterator[Row]:
    """Yields sessions from `first` to `last` days ago, of which `kept_of` (a of b) are kept."""
    kept, of = kept_of
    for number in range((first - last + 1) * a_day):
        days_ago = first - number // a_day
        start = moment(-days_ago, hour=13) + timedelta(minutes=30 * (number % a_day))
        changes = moved("tutor", 2, start) if number % of >= kept else {"student_rating": 5}
        yield session(f"{tutor_id}-{days_ago}-{number % a_day}", tutor_id, start, **changes)


def sessions() -> Iterator[Row]:
    """Yields five months of a company."""
    for tutor_id in STEADY:
        yield from stretch(tutor_id, 150, 1, a_day=2, kept_of=(9, 10))
    for tutor_id in GOING_ON:
        yield from stretch(tutor_id, 60, 1, a_day=1, kept_of=(2, 5))
    yield from stretch("t-worse", 60, 31, a_day=2, kept_of=(1, 2))
    yield from stretch("t-worse", 30, 1, a_day=4, kept_of=(0, 1))
    yield from stretch("t-back", 150, 121, a_day=2, kept_of=(2, 5))
    yield from stretch("t-back", 120, 76, a_day=6, kept_of=(1, 1))
    yield from stretch("t-back", 75, 1, a_day=6, kept_of=(1, 4))
    yield from stretch("t-hushed", 150, 90, a_day=2, kept_of=(2, 5))
    yield from stretch("t-hushed", 89, 60, a_day=12, kept_of=(1, 1))
    yield from stretch("t-hushed", 59, 1, a_day=8, kept_of=(1, 4))


def late_sessions() -> Iterator[Row]:
    """Yields what makes it known late that a tutor was bad before."""
    yield from stretch("t-moved", 75, 61, a_day=1, kept_of=(0, 1))


def action(flag_id: str, word: str, days_ago: float, by: str = "ann", **more: Any) -> Row:
    """Returns what a coach did about a flag so many days before the as-of moment."""
    done_at: datetime = AS_OF - timedelta(days=days_ago)
    name = f"{flag_id.partition('|')[0]}:{word}:{by}:{days_ago}"
    return {
        "action_id": name,
        "flag_id": flag_id,
        "action": word,
        "sent_at": done_at,
        "received_at": done_at + timedelta(hours=1),
        "sender": by,
    } | more


def actions(flag_of: dict[str, str]) -> list[Row]:
    """Returns what was done about the flags, by the tutor of each; the newest come last."""
    noticed = [action(flag_of[tutor], "acknowledge", 20) for tutor in ("t-noticed", "t-woken")]
    raced = [
        action(flag_of["t-raced"], "resolve", 5, "ann", agrees=True),
        action(flag_of["t-raced"], "acknowledge", 5, "bob", agrees=False),
        action(flag_of["t-raced"], "note", 5, "bob", note="called", reason_code="talked"),
    ]
    return [
        action(flag_of["t-back"], "resolve", 110),
        action(flag_of["t-hushed"], "dismiss", 88),
        action(flag_of["t-worse"], "dismiss", 30),
        *noticed,
        action(flag_of["t-moved"], "acknowledge", 20),
        action(flag_of["t-woken"], "snooze", 10, until=AS_OF - timedelta(days=3)),
        action(flag_of["t-taught"], "snooze", 10, until_sessions=5),
        action(flag_of["t-snoozed"], "snooze", 1, until=AS_OF + timedelta(days=3)),
        undone := action(flag_of["t-undone"], "resolve", 3),
        undone | {"action": "undo", "reason_code": "resolve", "version": 2},
        action(flag_of["t-dismissed"], "dismiss", 20, agrees=False),
        action(flag_of["t-resolved"], "resolve", 20),
        action(flag_of["t-assigned"], "assign", 10, assignee="cleo"),
        action(flag_of["t-assigned"], "acknowledge", 9, "bob"),
        action(flag_of["t-disputed"], "dispute", 8, "t-disputed"),
        *raced,
        action("t-nobody|reliability|2026-10-01", "acknowledge", 4),
        action("no-flag-at-all", "note", 4),
    ]


def land_sessions(lake_dir: Path) -> None:
    land(lake_dir, SESSIONS, sessions(), 1)


def land_actions(lake_dir: Path, rows: list[Row], first_seq: int) -> None:
    land(lake_dir, FLAG_ACTIONS, rows, first_seq)


def land_late_sessions(lake_dir: Path) -> None:
    land(lake_dir, SESSIONS, late_sessions(), ALL_ACTIONS_SEQ + 1)
