"""One session: what happened, when each came and left, who caused it. No word a student wrote."""

from __future__ import annotations

from markupsafe import Markup

from core import links
from notebooks import data, text
from notebooks.components import Page, link, notice, table, tag, tutor_link
from notebooks.data import Reader, Row
from notebooks.files import File, offer
from notebooks.pages import session_records
from notebooks.timeline import draw_timeline
from notebooks.viewer import Viewer

_STATUS = {
    "scheduled": "Still to come",
    "completed": "Held",
    "rescheduled": "Moved",
    "cancelled": "Cancelled",
    "no_show": "Somebody did not come",
}


def compose(reader: Reader, session_id: str, viewer: Viewer) -> Page:
    """Returns a session's page as this person may see it, in the time zone of the session."""
    session = data.session(reader, session_id)
    if session is None:
        return notice(
            "This session is not known here",
            "It may not have arrived yet: a session shows within seconds of being posted. "
            "If the link came in a letter, try again in a minute.",
        )
    body = Markup(
        '<h1 tabindex="-1">{} {}</h1><p class="lead">{}</p>{}'
        '<h2>Facts</h2><div class="narrow">{}</div>{}{}'
    ).format(
        session["headline"],
        tag(session["severity"]),
        _lead(session),
        _course(session),
        table("Facts of the session", ["Fact", "Value"], _facts(session)),
        session_records.review(reader, session, viewer),
        session_records.told(reader, session),
    )
    files = offer(File("Session", "fct_sessions", {"session_id": session_id}))
    return Page(session["headline"], body, section="Tutors", files=files)


def _lead(session: Row) -> Markup:
    first = "first session with this student" if session["is_first_session"] else ""
    slot = text.slot(session["scheduled_start"], session["scheduled_end"], session["zone"])
    return Markup("{} · {}").format(
        tutor_link(session), text.listed([slot, session["subject"], first])
    )


def _course(session: Row) -> Markup:
    people = ("tutor_joined_at", "tutor_left_at", "student_joined_at", "student_left_at")
    if not any(session[name] for name in people):
        return Markup("")
    return Markup("<h2>How it went</h2>{}").format(draw_timeline(session))


def _facts(session: Row) -> list[tuple[str, object]]:
    rows = [
        ("Status", _STATUS[session["status"]]),
        ("Tutor", _presence(session, "tutor")),
        ("Student", _presence(session, "student")),
        ("Student id", session["student_id"]),
        ("Grade", session["grade_level"]),
        *_change(session),
        ("Student's rating", text.stars(session["student_rating"])),
        ("Tutor's rating", text.stars(session["tutor_rating"])),
        ("Follow-up booked", text.yes_no(session["follow_up_booked"])),
        ("Technical trouble", text.yes_no(session["technical_issue"])),
        ("Counts in the tutor's score", text.yes_no(session["counts_for_tutor"])),
        ("Session id", session["session_id"]),
    ]
    return [(label, value) for label, value in rows if value]


def _presence(session: Row, who: str) -> str:
    joined, left = session[f"{who}_joined_at"], session[f"{who}_left_at"]
    if joined is None and left is None:
        return "no join known"
    zone = session["zone"]
    return f"joined {text.clock(joined, zone)}, left {text.clock(left, zone)}"


def _change(session: Row) -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    if session["caused_by"]:
        rows.append(("Caused by", text.CAUSES[session["caused_by"]]))
    if session["notice_hours"] is not None:
        rows.append(("Notice given", f"{text.count(session['notice_hours'])} h before the start"))
    if session["rescheduled_to_start"]:
        rows.append(("New start", text.moment(session["rescheduled_to_start"], session["zone"])))
    if origin := session["rescheduled_from"]:
        rows.append(("Moved from", link(links.session_page("", origin), origin)))
    return rows
