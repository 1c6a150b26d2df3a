"""What a session left behind: its review, the versions that were told, and letters about them."""

from __future__ import annotations

from urllib.parse import quote

from markupsafe import Markup

from notebooks import data_session, text
from notebooks.components import link, table, tag
from notebooks.data import Reader, Row
from notebooks.viewer import Viewer

_ITEM_STATES = {"not_observable": "not observable", "needs_person": "a person has to look"}
_STATES = {
    "graded": "",
    "needs_person": "A person has to look: code could not stand by all that the grader said, or it "
    "is not in English.",
    "pending": "The model is still to speak.",
}


def review(reader: Reader, session: Row, viewer: Viewer) -> Markup:
    """Returns the review's levels, without a word of anybody; who may read on gets a link."""
    found = data_session.review(reader, session["session_id"])
    if found is None:
        return Markup("")
    items = [(_words(item["item"]), _level(item)) for item in found["items"]]
    return Markup('<h2>What the review says</h2><p>{}</p><div class="narrow">{}</div>{}').format(
        _verdict(found, session["zone"]),
        table("Items of the review", ["Item", "Level"], items) if items else Markup(""),
        _reading(found, viewer),
    )


def _verdict(found: Row, zone: str) -> str:
    points = f"{found['points']:.0f} of 100 points" if found["points"] is not None else "No points"
    findings = {f"{_words(one['code'])} ({_words(one['kind'])})" for one in found["findings"]}
    said = (
        f"{points} by {found['grader']}, rubric {found['rubric']}, version {found['version']} of "
        f"the session, reviewed {text.moment(found['reviewed_at'], zone)}; no part of the score."
    )
    heard = f"Found: {', '.join(sorted(findings)).lower()}." if findings else ""
    return text.listed([said, heard, _STATES[found["status"]]], " ")


def _words(code: str) -> str:
    return code.replace("_", " ").capitalize()


def _level(item: Row) -> str:
    return f"{item['level']} of 4" if item["level"] else _ITEM_STATES[item["status"]]


def _reading(found: Row, viewer: Viewer) -> Markup:
    if not viewer.may_act or found["status"] == "pending":
        return Markup("")
    address = f"/reviews/{quote(found['session_id'], safe='')}"
    if found["status"] == "graded":
        return Markup('<p class="meta">{}</p>').format(
            link(f"{address}/said", "Read what was said, with the quotes in place")
        )
    return Markup('<p class="meta">{}: {}</p>').format(
        link(address, "Read what was said, and grade it"),
        "open while the review waits for a second opinion.",
    )


def told(reader: Reader, session: Row) -> Markup:
    """Returns each version that was told, and when the first letter about it went out."""
    zone = session["zone"]
    rows = [
        (
            f"Version {row['version']}",
            Markup("{} {}").format(row["headline"], tag(row["severity"])),
            text.moment(row["received_at"], zone),
            _letter(row, zone),
        )
        for row in data_session.versions(reader, session["session_id"])
    ]
    return Markup('<h2>What was told of it</h2>{}<p class="meta">{}</p>').format(
        table("Versions and letters", ["Version", "What it says", "Received", "Letter"], rows),
        "When a letter went out is known from the night after on; to whom, only the outbox knows.",
    )


def _letter(row: Row, zone: str) -> str:
    if row["mailed_at"]:
        return f"first one sent {text.moment(row['mailed_at'], zone)}"
    return "written, not known to be sent" if row["reported_at"] else "none written"
