"""Beside a tutor's score: what next, what is coming up with its risks, how similar tutors do."""

from __future__ import annotations

from markupsafe import Markup

from core import links
from notebooks import data, data_actions, data_tutor, text, text_tutor
from notebooks.components import joined, link, table, tag
from notebooks.data import Reader, Row
from notebooks.pages import actions
from notebooks.plots import draw_peers
from notebooks.viewer import Viewer


def aside(reader: Reader, card: Row, viewer: Viewer) -> Markup:
    """Returns what stands beside the score."""
    return (
        _what_next(reader, card, viewer)
        + _done(reader, card, viewer)
        + _coming_up(reader, card)
        + _peers(reader, card)
    )


def _what_next(reader: Reader, card: Row, viewer: Viewer) -> Markup:
    case = data_actions.case(reader, card["tutor_id"])
    if case is None:
        return Markup("")
    case = case | {"just_now": data_actions.just_now(reader, card["tutor_id"])}
    return Markup('<h2>What next</h2>{}<p class="clear">{}</p>').format(
        Markup("") if viewer.is_tutor else actions.panel(case, viewer),
        text.listed([case["clears_text"], text.change(card["score_change_30d"])], " "),
    )


def _done(reader: Reader, card: Row, viewer: Viewer) -> Markup:
    acts = data_actions.trail(reader, card["tutor_id"])
    if not acts:
        return Markup("")
    return Markup("<h2>What was done</h2>{}").format(actions.trail(acts, viewer, card["zone"]))


def _coming_up(reader: Reader, card: Row) -> Markup:
    sessions = data.upcoming_sessions(reader, card["tutor_id"])
    if not sessions:
        return Markup('<h2>Coming up</h2><p class="meta">No session is booked ahead.</p>')
    risks = data_tutor.upcoming_risks(reader, card["tutor_id"])
    rows = [(_when(row), _chances(risks.get(row["session_id"], []))) for row in sessions]
    return Markup('<h2>Coming up</h2><div class="ahead">{}</div>{}').format(
        table("Coming up", ["When", "Chance to be moved"], rows), _why(sessions, risks)
    )


def _when(row: Row) -> Markup:
    first = "first session" if row["is_first_session"] else ""
    return Markup('{}<span class="meta">{}</span>').format(
        link(links.session_page("", row["session_id"]), text_tutor.soon(row)),
        text.listed([row["subject"], first]),
    )


def _chances(risks: list[Row]) -> Markup:
    """Returns the chance that a session is moved, and each other risk that stands out."""
    told = [risk for risk in risks if risk["kind"] == "reschedule" or risk["severity"]]
    if not told:
        return Markup('<span class="meta">{}</span>').format("not told yet")
    told.sort(key=lambda risk: risk["kind"] != "reschedule")
    return joined(_chance(risk) for risk in told)


def _chance(risk: Row) -> Markup:
    what = "" if risk["kind"] == "reschedule" else text_tutor.RISKS[risk["kind"]]
    return Markup('<div class="risk">{} {}<span class="meta">{}</span></div>').format(
        tag(risk["severity"]), text_tutor.whole_percent(risk["probability"]), what
    )


def _why(sessions: list[Row], risks: dict[str, list[Row]]) -> Markup:
    rows = [
        (
            text_tutor.soon(row),
            f"{text_tutor.whole_percent(risk['probability'])} {text_tutor.RISKS[risk['kind']]}",
            risk["reason_text"],
        )
        for row in sessions
        for risk in risks.get(row["session_id"], [])
        if risk["severity"]
    ]
    if not rows:
        return Markup('<p class="meta">{}</p>').format(text_tutor.RISK_NOTE)
    return Markup(
        '<details id="why"><summary>What makes these chances</summary>'
        '{}<p class="meta">{}</p></details>'
    ).format(table("What makes them", ["When", "Chance", "From"], rows), text_tutor.RISK_NOTE)


def _peers(reader: Reader, card: Row) -> Markup:
    band = data_tutor.peer_band(reader, card["tutor_id"])
    words = text_tutor.peers(card, band)
    if band is None or band["state"] != "told":
        return Markup('<h2>Among similar tutors</h2><p class="meta">{}</p>').format(words)
    title = f"Among {text.count(band['peer_count'], 'similar tutor')}"
    scores = data_tutor.peer_scores(reader, card["tutor_id"])
    label = f"{title}, score over sessions counted. {words}"
    return Markup("<h2>{}</h2><p>{}</p>{}{}").format(
        title,
        words,
        draw_peers(scores, band, text_tutor.name(card), label),
        _peers_twin(card, band),
    )


def _peers_twin(card: Row, band: Row) -> Markup:
    rows = [
        ("A tenth score above", f"{band['score_p90']:.0f}"),
        ("The middle one", f"{band['score_p50']:.0f}"),
        ("A tenth score below", f"{band['score_p10']:.0f}"),
        (
            text_tutor.name(card),
            text.NOT_KNOWN
            if card["score"] is None
            else text.listed(
                [
                    f"{card['score']:.0f}",
                    text.interval(card["score_low"], card["score_high"]),
                    f"n {text.count(card['session_count'])}",
                ]
            ),
        ),
    ]
    return Markup('<details id="peers"><summary>The same as a table</summary>{}</details>').format(
        table("Scores of similar tutors", ["Place", "Score"], rows)
    )
