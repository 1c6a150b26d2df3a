"""The course of one session as a small drawing: the slot, and who was there when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from markupsafe import Markup

from notebooks import text
from notebooks.components import joined
from notebooks.data import Row

_LEFT, _RIGHT = 70, 620
_MARGIN = timedelta(minutes=5)
Scale = Callable[[datetime], float]


def draw_timeline(session: Row) -> Markup:
    """Returns an SVG of slot, joins and leaves, with the same in words as its label.

    Who joined and never left is drawn to the end of the slot, with an open end.
    """
    scale = _scale(session)
    start, end = session["scheduled_start"], session["scheduled_end"]
    return Markup(
        '<svg class="timeline" viewBox="0 0 640 118" role="img" aria-label="{}">'
        '<rect x="{:.1f}" y="8" width="{:.1f}" height="80" rx="4" style="fill:var(--tw-none-bg)"/>'
        '{}{}<g style="fill:var(--tw-mute)"><text x="0" y="106">Slot</text>'
        '<text x="{:.1f}" y="106" text-anchor="start">{}</text>'
        '<text x="{:.1f}" y="106" text-anchor="end">{}</text></g></svg>'
    ).format(
        _words(session),
        scale(start),
        scale(end) - scale(start),
        _lane(session, "tutor", 34, scale),
        _lane(session, "student", 70, scale),
        scale(start),
        text.clock(start, session["zone"])[:5],
        scale(end),
        text.clock(end, session["zone"])[:5],
    )


def _scale(session: Row) -> Scale:
    names = (
        "scheduled_start",
        "scheduled_end",
        "tutor_joined_at",
        "tutor_left_at",
        "student_joined_at",
        "student_left_at",
    )
    moments = [session[name] for name in names if session[name] is not None]
    first, last = min(moments) - _MARGIN, max(moments) + _MARGIN
    return lambda moment: _LEFT + (_RIGHT - _LEFT) * ((moment - first) / (last - first))


def _lane(session: Row, who: str, y: int, scale: Scale) -> Markup:
    label = Markup('<text x="0" y="{}" style="fill:var(--tw-ink)">{}</text>').format(
        y + 4, who.capitalize()
    )
    joined_at, left_at = session[f"{who}_joined_at"], session[f"{who}_left_at"]
    if joined_at is None:
        return label + Markup(
            '<text x="{:.1f}" y="{}" style="fill:var(--tw-mute)">no join known</text>'
        ).format(scale(session["scheduled_start"]) + 8, y + 4)
    until = left_at or max(session["scheduled_end"], joined_at)
    dash = "" if left_at else Markup(' stroke-dasharray="2 5"')
    marks = joined(
        Markup('<circle cx="{:.1f}" cy="{}" r="6" style="fill:var(--tw-accent)"/>').format(
            scale(moment), y
        )
        for moment in (joined_at, left_at)
        if moment is not None
    )
    return label + Markup(
        '<path d="M{:.1f} {}H{:.1f}" stroke-width="6" style="stroke:var(--tw-accent)"{}/>{}'
    ).format(scale(joined_at), y, scale(until), dash, marks)


def _words(session: Row) -> str:
    zone = session["zone"]
    parts = [
        f"{who} joined {text.clock(session[f'{who}_joined_at'], zone)}, "
        f"left {text.clock(session[f'{who}_left_at'], zone)}"
        for who in ("tutor", "student")
    ]
    slot = text.slot(session["scheduled_start"], session["scheduled_end"], zone)
    return f"Slot {slot}; {'; '.join(parts)}."
