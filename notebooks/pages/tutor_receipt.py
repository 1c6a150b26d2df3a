"""Where a score comes from: baseline and signed points, and the sessions behind each part."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from core import links
from notebooks import data_tutor, text, text_tutor
from notebooks.components import Page, joined, link, notice, pager, place, table
from notebooks.data import Reader, Row
from notebooks.data_tutor import EVIDENCE_PER_PAGE


def receipt(card: Row, sessions: Mapping[str, int]) -> Markup:
    """Returns the receipt; a part leads to its `sessions` if it has any, else says so."""
    if card["score"] is None:
        return Markup("")
    largest = max((abs(part["points"]) for part in card["components"]), default=0) or 1
    return Markup(
        '<h2>Where {:.0f} comes from</h2><table class="receipt">'
        '<caption class="hidden">Baseline plus signed points is the score</caption>'
        '<thead class="hidden"><tr><th scope="col">Part</th><th scope="col">Size</th>'
        '<th scope="col">Points</th></tr></thead>'
        '<tbody><tr><th scope="row">Platform baseline</th><td class="bar"></td>'
        '<td class="n">{:.1f}</td></tr>{}</tbody>'
        '<tfoot><tr><th scope="row"><b>Score</b><span class="meta">90 % interval {}</span></th>'
        '<td class="bar"></td><td class="n"><b>{:.1f}</b></td></tr></tfoot></table>'
        '<p class="meta">{}</p>'
    ).format(
        card["score"],
        card["baseline"],
        joined(_part(card, part, sessions, float(largest)) for part in card["components"]),
        text.interval(card["score_low"], card["score_high"], 1),
        card["score"],
        text_tutor.left_out(card),
    )


def _part(card: Row, part: Row, sessions: Mapping[str, int], largest: float) -> Markup:
    has_any = sessions.get(part["component"], 0) > 0
    address = place(tutor=card["tutor_id"], part=part["component"])
    return Markup(
        '<tr><th scope="row">{}<span class="meta">{}</span></th><td class="bar">'
        '<span class="{}" style="width:{:.0f}%"></span></td><td class="n">{}</td></tr>'
    ).format(
        link(address, part["label"]) if has_any else part["label"],
        part["reason_text"]
        if has_any
        else text.listed([part["reason_text"], text_tutor.NO_EVIDENCE]),
        "hbar neg" if part["points"] < 0 else "hbar",
        100 * abs(float(part["points"])) / largest,
        text.points(part["points"]),
    )


def compose_part(reader: Reader, card: Row, component: str, page: int) -> Page:
    """Returns the sessions behind one part of a tutor's score, those that cost points first."""
    if component not in text_tutor.PARTS:
        return notice(
            "This part of a score is not known here",
            "The link may be old. The tutor's page lists the parts that there are.",
        )
    found = data_tutor.evidence(reader, card["tutor_id"], component, page)
    part = next((one for one in card["components"] if one["component"] == component), None)
    title = f"{part['label'] if part else text_tutor.PARTS[component]}: {text_tutor.name(card)}"
    body = Markup('<p class="back">{}</p><h1 tabindex="-1">{}</h1><p class="lead">{}</p>{}').format(
        link(links.tutor_page("", card["tutor_id"]), f"← Back to {text_tutor.name(card)}"),
        title,
        text_tutor.part_words(card, part, found.total),
        _sessions(found.rows, component)
        + pager(
            page, EVIDENCE_PER_PAGE, found.total, {"tutor": card["tutor_id"], "part": component}
        ),
    )
    return Page(title, body, section="Tutors")


def _sessions(rows: list[Row], component: str) -> Markup:
    if not rows:
        return Markup('<p class="notice">{}</p>').format("No session stands behind this part yet.")
    told = [
        (
            text.moment(row["scheduled_start"], row["zone"]),
            Markup('{}<span class="meta">{}</span>').format(
                link(links.session_page("", row["session_id"]), row["headline"]),
                text_tutor.observed(row, component),
            ),
            text_tutor.typical(row, component),
            text_tutor.whole_percent(row["weight"]),
        )
        for row in rows
    ]
    return Markup('<div class="evidence">{}</div><p class="meta">{}</p>').format(
        table("Sessions", ["When", "What happened", "Typical tutor", "Weight"], told),
        text_tutor.part_note(component),
    )
