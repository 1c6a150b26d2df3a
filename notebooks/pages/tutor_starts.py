"""A tutor's first sessions with new students: how they went, and who came again."""

from __future__ import annotations

from markupsafe import Markup

from core import links
from notebooks import data_tutor, text, text_tutor
from notebooks.components import joined, link, table
from notebooks.data import Reader, Row


def section(reader: Reader, card: Row) -> Markup:
    """Returns how the first sessions went, with rates where there are enough, and the newest."""
    rows = data_tutor.first_sessions(reader, card["tutor_id"])
    if not rows:
        return Markup('<h2>First sessions</h2><p class="meta">None so far.</p>')
    pattern = data_tutor.first_session_pattern(reader, card["tutor_id"])
    return Markup("<h2>First sessions</h2>{}{}").format(
        _rates(pattern), table("Newest first sessions", _HEADINGS, map(_row, rows))
    )


_HEADINGS = ["When", "How it went", "Came again within two weeks"]


def _rates(pattern: Row | None) -> Markup:
    if pattern is None:
        return Markup('<p class="meta">{}</p>').format(
            f"None in the last {data_tutor.FIRST_SESSION_DAYS} days when rates were last made."
        )
    told = [
        text_tutor.first_rate(pattern, "poor_rate", "judged_count", "Poor"),
        text_tutor.first_rate(
            pattern, "came_again_to_tutor_rate", "closed_count", "Came again to this tutor"
        ),
    ]
    note = (
        f"{text.count(pattern['first_session_count'], 'first session')} in "
        f"{pattern['window_days']} days. Poor is rated 2 or less, or missed by the tutor. "
        "Rates are made each night."
    )
    return joined(Markup("<p>{}</p>").format(words) for words in told) + Markup(
        '<p class="meta">{}</p>'
    ).format(note)


def _row(row: Row) -> tuple[object, ...]:
    return (
        text.moment(row["scheduled_start"], row["zone"]),
        Markup('{}<span class="meta">{}</span>').format(
            link(links.session_page("", row["session_id"]), row["headline"]),
            text_tutor.first_outcome(row),
        ),
        text_tutor.came_again(row),
    )
