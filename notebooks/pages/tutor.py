"""One tutor: the score over time, the receipt that sums to it, what is next, and the sessions."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from markupsafe import Markup

from core import links
from notebooks import data, data_tutor, text, text_tutor
from notebooks.components import Page, joined, link, notice, pager, place, table, tag, tutor_tag
from notebooks.data import SESSIONS_PER_PAGE, Reader, Row
from notebooks.files import File, offer
from notebooks.pages import brief, marked_days, tutor_ahead, tutor_receipt, tutor_starts
from notebooks.plots import Mark, Point, draw_days
from notebooks.viewer import Viewer


def compose(reader: Reader, query: Mapping[str, str], page: int, viewer: Viewer) -> Page:
    """Returns a tutor's page: the whole, the sessions behind one `part`, or the `brief`."""
    card = data.tutor(reader, query["tutor"])
    if card is None:
        return notice(
            "This tutor is not known here",
            "The link may be old, or the tutor's first session has not arrived yet.",
        )
    card = card | {"zone": card["time_zone"] or data.freshness(reader)["time_zone"]}
    if "part" in query:
        return tutor_receipt.compose_part(reader, card, query["part"], page)
    if "brief" in query:
        return brief.compose(reader, card)
    return _whole(reader, card, page, viewer)


def _whole(reader: Reader, card: Row, page: int, viewer: Viewer) -> Page:
    title = text_tutor.name(card)
    body = Markup(
        '<h1 tabindex="-1">{} {}</h1><p class="lead">{} · {}</p>'
        '<div class="grid tutor"><section>{}{}{}{}</section><aside>{}</aside></div>{}'
    ).format(
        title,
        tutor_tag(card),
        text_tutor.about(card),
        Markup("your own page")
        if viewer.is_tutor
        else link(place(tutor=card["tutor_id"], brief="1"), "Print a brief"),
        _verdict(reader, card),
        tutor_receipt.receipt(card, data_tutor.evidence_counts(reader, card["tutor_id"])),
        _reviews(data.tutor_reviews(reader, card["tutor_id"])),
        tutor_starts.section(reader, card),
        tutor_ahead.aside(reader, card, viewer),
        _recent(reader, card["tutor_id"], page),
    )
    return Page(title, body, section="Tutors", files=_files(card["tutor_id"]))


def _files(tutor_id: str) -> Markup:
    chosen = {"tutor_id": tutor_id}
    return offer(
        File("Scores by day", "fct_tutor_scores", chosen),
        File("What the score is made of", "fct_score_evidence", chosen),
        File("Sessions", "fct_sessions", chosen),
    )


def _verdict(reader: Reader, card: Row) -> Markup:
    history = data.score_history(reader, card["tutor_id"])
    marks = _marks(reader, card["tutor_id"], history) + marked_days.marks(reader)
    if card["score"] is None:
        return Markup(
            '<p class="notice">{}. No score is shown until there is enough to say.</p>{}'
        ).format(card["state_text"], _chart(card, history, marks))
    return Markup("<h2>{:.0f}, and the doubt around it</h2><p>{}</p>{}").format(
        card["score"], text_tutor.trend(card, history), _chart(card, history, marks)
    )


def _marks(reader: Reader, tutor_id: str, history: list[Row]) -> list[Mark]:
    rows = data_tutor.interventions(reader, tutor_id)
    by_day: dict[tuple[object, str], Mark] = {}
    for row in [*rows, *_formula_changes(history)]:
        mark = Mark(row["marked_on"], text_tutor.mark(row))
        by_day.setdefault((mark.day, mark.words), mark)
    return list(by_day.values())


def _formula_changes(history: list[Row]) -> list[Row]:
    """Returns the days from which scores are by another formula than the day before."""
    return [
        {"marked_on": day["score_date"], "formula_version": day["formula_version"]}
        for before, day in pairwise(history)
        if day["formula_version"] != before["formula_version"]
    ]


def _chart(card: Row, history: list[Row], marks: list[Mark]) -> Markup:
    if sum(row["score"] is not None for row in history) < 2:
        return Markup("")
    words = text_tutor.chart_words(card, history, len(marks))
    return draw_days([_point(row) for row in history], marks, words) + _twin(history, marks)


def _point(row: Row) -> Point:
    if row["score"] is None:
        return Point(row["score_date"], None)
    ends = (row["score_low"], row["score_high"])
    return Point(row["score_date"], row["score"], *ends, text_tutor.score_on(row))


def _twin(history: list[Row], marks: list[Mark]) -> Markup:
    rows = [
        (
            text.day(row["score_date"]),
            *_day_figures(row),
            text.count(row["session_count"]),
            text.listed([mark.words for mark in marks if mark.day == row["score_date"]], ", "),
        )
        for row in reversed(history)
    ]
    headings = ["Day", "Score", "90 % interval", "Sessions", "What was done"]
    return Markup('<details id="twin"><summary>The same as a table</summary>{}</details>').format(
        table("Score by day", headings, rows)
    )


def _day_figures(row: Row) -> tuple[str, str]:
    if row["score"] is None:
        return text.STATES[row["state"]], text.NOT_KNOWN
    return f"{row['score']:.1f}", text.interval(row["score_low"], row["score_high"], 1)


def _reviews(rows: list[Row]) -> Markup:
    if not rows:
        return Markup("")
    told = joined(Markup("<p>{}</p>").format(text.reviews(row)) for row in rows)
    return Markup('<h2>What reviews say</h2>{}<p class="meta">{}</p>').format(
        told, "A grader read notes and transcripts; no part of the score."
    )


def _recent(reader: Reader, tutor_id: str, page: int) -> Markup:
    found = data.recent_sessions(reader, tutor_id, page)
    if not found.rows:
        return Markup('<h2>Sessions</h2><p class="meta">None on this page.</p>')
    rows = [
        (text.moment(row["scheduled_start"], row["zone"]), _what(row), tag(row["severity"]))
        for row in found.rows
    ]
    return Markup("<h2>{}, newest first</h2>{}{}").format(
        text.count(found.total, "session"),
        table("Sessions", ["When", "What happened", "Level"], rows),
        pager(page, SESSIONS_PER_PAGE, found.total, {"tutor": tutor_id}),
    )


def _what(row: Row) -> Markup:
    first = "first session" if row["is_first_session"] else ""
    return Markup('{}<span class="meta">{}</span>').format(
        link(links.session_page("", row["session_id"]), row["headline"]),
        text.listed([row["subject"], first]),
    )
