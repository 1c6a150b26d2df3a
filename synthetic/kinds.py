"""Kinds of worlds: how each differs from the base world. The same seed shares all other draws."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import BadInput


@dataclass(frozen=True)
class CaseMix:
    """Effects of when and what on the logit of a reschedule. Source: `validity.md` §5."""

    friday: float = 0.22
    sunday: float = 0.15
    holidays: float = 0.5
    may: float = 0.15
    early: float = 0.35
    late: float = 0.2
    subject: float = 1.0
    """Factor of the effects of subjects, which run from -0.10 to 0.20."""
    lead: float = 0.16
    often: float = 0.1


LATER_CASE_MIX = CaseMix(friday=-0.05, sunday=0.4, early=0.0, late=0.5, subject=-1.0, lead=0.3)


@dataclass(frozen=True)
class Kind:
    """What sets a world apart; each default is the base world."""

    spread: float = 1.0
    """Factor of all differences between tutors and between pairs; with 0 all tutors are equal."""
    hour_by_subject: float = 0.0
    tutor_by_weekday: float = 0.0
    """Standard deviations of two interactions, on the logit of a reschedule."""
    level_shift: float = 0.0
    """Added to that logit from half-way on, where the case-mix changes to `LATER_CASE_MIX`."""
    shock: float = 0.0
    """Added to that logit for some weeks, of which the last one ends before the last two."""
    is_misreported: bool = False
    """Whether a share of what is told is wrong, missing or corrected later."""
    calm: float = 0.0
    """Taken from that logit in the last week and after it, when few lessons are held."""
    has_recent_outage: bool = False
    """Whether the platform was down yesterday, and is again when live sessions begin."""
    downfall: float = 0.0
    """Added to that logit for one busy and good tutor, in the last three weeks and after them."""
    first_shift: float = 0.0
    """Added to the satisfaction with first sessions in the same weeks."""
    late_share: float = 0.0
    """The share of records that are sent days late."""


KINDS = {
    "base": Kind(),
    "null": Kind(spread=0.0),
    "interactions": Kind(hour_by_subject=0.35, tutor_by_weekday=0.45),
    "regime": Kind(level_shift=0.45),
    "reporting": Kind(is_misreported=True),
    "season": Kind(shock=0.8),
    "quiet-week": Kind(calm=3.0),
    "outage": Kind(has_recent_outage=True),
    "drifting-tutor": Kind(downfall=3.0),
    "bad-first-sessions": Kind(first_shift=-1.6),
    "late-data": Kind(late_share=0.15),
}


def find_kind(name: str) -> Kind:
    """Returns the kind of this name.

    Raises:
        BadInput: there is none.
    """
    if name not in KINDS:
        raise BadInput(f"There is no kind of world {name!r}; there are: {', '.join(KINDS)}.")
    return KINDS[name]
