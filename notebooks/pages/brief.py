"""A coaching brief: one sheet about one tutor, to take into a talk. It names nobody else."""

from __future__ import annotations

from itertools import groupby

from markupsafe import Markup

from core import links
from notebooks import data, data_tutor, text, text_tutor
from notebooks.components import Page, joined, link, tutor_tag
from notebooks.data import Reader, Row

_REASONS = 3
_SESSIONS = 2  # per reason, so that the sheet stays one
_AHEAD = 4
_HOW = "One sheet, without menu and links: print it with your browser."


def compose(reader: Reader, card: Row) -> Page:
    """Returns the brief: score, reasons with sessions, what clears it, what is ahead, and room."""
    title = f"Brief: {text_tutor.name(card)}"
    body = Markup(
        '<article class="brief"><nav class="back">{} · <button class="plain" type="button" '
        'onclick="print()">Print</button> <span class="meta">{}</span></nav>'
        '<h1 tabindex="-1">{} {}</h1><p class="lead">{}</p>{}{}{}{}</article>'
    ).format(
        link(links.tutor_page("", card["tutor_id"]), f"← Back to {text_tutor.name(card)}"),
        _HOW,
        title,
        tutor_tag(card),
        text_tutor.about(card),
        _score(card),
        _reasons(reader, card),
        _ahead(reader, card),
        _room(),
    )
    return Page(title, body, section="Tutors")


def _score(card: Row) -> Markup:
    if card["score"] is None:
        return Markup("<p>{}. {}</p>").format(card["state_text"], "There is no score yet.")
    clears = card["clears_text"] if card["open_flag_count"] else "No flag is open."
    return Markup("<p><b>{:.0f} of 100</b>, {} {}</p><p><b>What would clear it.</b> {}</p>").format(
        card["score"], text_tutor.doubt(card), text.change(card["score_change_30d"]), clears
    )


def _reasons(reader: Reader, card: Row) -> Markup:
    costly = [part for part in card["components"] if part["points"] < 0][:_REASONS]
    if not costly:
        return Markup("")
    rows = data_tutor.examples(reader, card["tutor_id"], _SESSIONS)
    behind = {part: list(found) for part, found in groupby(rows, lambda row: row["component"])}
    return Markup("<h2>What costs points</h2><ol>{}</ol>").format(
        joined(_reason(part, behind.get(part["component"], [])) for part in costly)
    )


def _reason(part: Row, sessions: list[Row]) -> Markup:
    shown = joined(
        Markup("<li>{}: {}</li>").format(
            text.moment(row["scheduled_start"], row["zone"]), text_tutor.example(row, part)
        )
        for row in sessions
    )
    return Markup("<li><b>{}, {} points.</b> {}<ul>{}</ul></li>").format(
        part["label"], text.points(part["points"]), part["reason_text"].capitalize(), shown
    )


def _ahead(reader: Reader, card: Row) -> Markup:
    sessions = data.upcoming_sessions(reader, card["tutor_id"])[:_AHEAD]
    risks = data_tutor.upcoming_risks(reader, card["tutor_id"])
    rows = joined(
        Markup("<li>{}</li>").format(
            text_tutor.session_ahead(row, risks.get(row["session_id"], []))
        )
        for row in sessions
    )
    shown = Markup("<ul>{}</ul>").format(rows) if sessions else Markup("<p>Nothing is booked.</p>")
    return Markup("<h2>Coming up</h2>{}").format(shown)


def _room() -> Markup:
    boxes = ("What the tutor says", "What we agreed, and until when")
    return joined(
        Markup('<h2>{}</h2><div class="room"></div>').format(words) for words in boxes
    ) + Markup('<p class="meta">{}</p>').format("Coach and date: ______________________________")
