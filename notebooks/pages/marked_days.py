"""Days that people marked: over what is drawn by day, and in a list with who wrote it."""

from __future__ import annotations

from markupsafe import Markup

from core.annotations import LONGEST, Annotation
from notebooks import text
from notebooks.components import joined
from notebooks.data import Reader
from notebooks.plots import Mark
from notebooks.viewer import Viewer


def marks(reader: Reader) -> list[Mark]:
    """Returns the marked days as rules for a drawing."""
    return [Mark(one.day, one.words) for one in reader.annotations]


def section(reader: Reader, viewer: Viewer) -> Markup:
    """Returns the newest marked days, and for who may a form for another one."""
    if not reader.annotations and not viewer.may_act:
        return Markup("")
    listed = joined(_line(one, viewer) for one in reversed(reader.annotations))
    empty = Markup('<p class="meta">{}</p>').format(
        "None yet. A change of policy or a holiday, marked here, is seen by everybody over each "
        "drawing by day."
    )
    return Markup("<h2>Marked days</h2>{}{}").format(
        Markup('<ul class="trail">{}</ul>').format(listed) if listed else empty,
        _form() if viewer.may_act else "",
    )


def _line(one: Annotation, viewer: Viewer) -> Markup:
    remove = Markup(
        '<form class="do" method="post" action="/v1/annotations/{}/remove" id="unmark-{}">'
        '<button class="plain" aria-label="Remove: {}">Remove</button>'
        '<span role="status"></span></form>'
    ).format(one.id, one.id, one.words)
    return Markup('<li><span>{}</span><b>{}</b><span class="meta">{}</span>{}</li>').format(
        text.day(one.day),
        one.words,
        f"by {viewer.name_of(one.author)}",
        remove if viewer.may_act else "",
    )


def _form() -> Markup:
    return Markup(
        '<form class="do mark" method="post" action="/v1/annotations" id="mark-day">'
        '<label>Day <input type="date" name="day" required></label>'
        '<label>What happened <input name="words" required maxlength="{}" '
        'placeholder="Rescheduling is free up to 24 h"></label>'
        '<button class="btn">Mark this day</button><span role="status"></span></form>'
    ).format(LONGEST)
