"""One tutor: the score over time, the receipt that sums to it, and the sessions behind it."""

from __future__ import annotations

from markupsafe import Markup

from core import links
from notebooks import data, text
from notebooks.components import Page, joined, link, notice, pager, table, tag, tutor_tag
from notebooks.data import SESSIONS_PER_PAGE, Reader, Row


def compose(reader: Reader, tutor_id: str, page: int) -> Page:
    """Returns a tutor's page; `body` ends where the chart of the score belongs."""
    card = data.tutor(reader, tutor_id)
    if card is None:
        return notice(
            "This tutor is not known here",
            "The link may be old, or the tutor's first session has not arrived yet.",
        )
    zone = card["time_zone"] or data.freshness(reader)["time_zone"]
    title = card["display_name"] or tutor_id
    body = Markup('<h1 tabindex="-1">{} {}</h1><p class="lead">{}</p>{}').format(
        title,
        tutor_tag(card),
        _about(card, zone),
        _verdict(card, data.score_history(reader, tutor_id)),
    )
    return Page(title, body, _detail(reader, card, page), section="Tutors")


def _about(card: Row, zone: str) -> str:
    return text.listed(
        [
            text.listed(card["subjects"] or [], ", "),
            text.tenure(card["tenure_days"]),
            f"left on {text.day(card['left_on'])}" if card["left_on"] else "",
            card["region"],
            text.zone_name(card["as_of"], zone),
        ]
    )


def _verdict(card: Row, history: list[Row]) -> Markup:
    if card["score"] is None:
        return Markup(
            '<p class="notice">{}. No score is shown until there is enough to say.</p>'
        ).format(card["state_text"])
    return Markup("<h2>{:.0f}, and the doubt around it</h2><p>{}</p>").format(
        card["score"], trend(card, history)
    )


def trend(card: Row, history: list[Row]) -> str:
    """Returns in words what the chart of the score shows."""
    scored = [row for row in history if row["score"] is not None]
    now = (
        f"{card['score']:.0f} now, with 90 % certainty between "
        f"{card['score_low']:.0f} and {card['score_high']:.0f}, from "
        f"{text.count(card['session_count'], 'session')} in {card['window_days']} days."
    )
    if len(scored) < 2:
        return now
    first = scored[0]
    return f"{first['score']:.0f} on {text.day(first['score_date'])}, {now}"


def _detail(reader: Reader, card: Row, page: int) -> Markup:
    history = data.score_history(reader, card["tutor_id"])
    return Markup('{}<div class="grid"><section>{}{}</section><aside>{}{}</aside></div>{}').format(
        _twin(history),
        _receipt(card),
        _reviews(data.tutor_reviews(reader, card["tutor_id"])),
        _next(card),
        _upcoming(data.upcoming_sessions(reader, card["tutor_id"])),
        _recent(reader, card["tutor_id"], page),
    )


def _twin(history: list[Row]) -> Markup:
    rows = [
        (text.day(row["score_date"]), *_day_figures(row), text.count(row["session_count"]))
        for row in reversed(history)
    ]
    if not any(row["score"] is not None for row in history):
        return Markup("")
    return Markup('<details id="twin"><summary>The same as a table</summary>{}</details>').format(
        table("Score by day", ["Day", "Score", "90 % interval", "Sessions"], rows)
    )


def _day_figures(row: Row) -> tuple[str, str]:
    if row["score"] is None:
        return text.STATES[row["state"]], text.NOT_KNOWN
    return f"{row['score']:.1f}", text.interval(row["score_low"], row["score_high"], 1)


def _receipt(card: Row) -> Markup:
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
        joined(_part(part, float(largest)) for part in card["components"]),
        text.interval(card["score_low"], card["score_high"], 1),
        card["score"],
        _left_out(card),
    )


def _part(part: Row, largest: float) -> Markup:
    look = "hbar neg" if part["points"] < 0 else "hbar"
    return Markup(
        '<tr><th scope="row">{}<span class="meta">{}</span></th><td class="bar">'
        '<span class="{}" style="width:{:.0f}%"></span></td><td class="n">{}</td></tr>'
    ).format(
        part["label"],
        part["reason_text"],
        look,
        100 * abs(float(part["points"])) / largest,
        text.points(part["points"]),
    )


def _left_out(card: Row) -> str:
    platform, student = card["excluded_platform_count"], card["excluded_student_count"]
    if not platform and not student:
        return "Nothing was left out."
    causes = [
        f"{text.count(platform, 'session')} that the platform caused to fail" if platform else "",
        f"{text.count(student, 'session')} that the student caused to fail" if student else "",
    ]
    return f"Left out, since the tutor did not cause it: {text.listed(causes, ', ')}."


def _reviews(rows: list[Row]) -> Markup:
    if not rows:
        return Markup("")
    told = joined(Markup("<p>{}</p>").format(text.reviews(row)) for row in rows)
    return Markup('<h2>What reviews say</h2>{}<p class="meta">{}</p>').format(
        told, "A grader read notes and transcripts; no part of the score."
    )


def _next(card: Row) -> Markup:
    if not card["open_flag_count"]:
        return Markup("")
    return Markup('<h2>What would clear it</h2><p>{}</p><p class="meta">{}</p>').format(
        card["clears_text"],
        text.listed([text.days_open(card["days_open"]), text.change(card["score_change_30d"])]),
    )


def _upcoming(sessions: list[Row]) -> Markup:
    rows = [
        (link(links.session_page("", row["session_id"]), _when(row)), row["subject"] or "")
        for row in sessions
    ]
    shown = (
        table("Coming up", ["When", "Subject"], rows)
        if rows
        else Markup('<p class="meta">No session is booked ahead.</p>')
    )
    return Markup("<h2>Coming up</h2>{}").format(shown)


def _recent(reader: Reader, tutor_id: str, page: int) -> Markup:
    found = data.recent_sessions(reader, tutor_id, page)
    if not found.rows:
        return Markup('<h2>Sessions</h2><p class="meta">None on this page.</p>')
    rows = [(_when(row), _what(row), tag(row["severity"])) for row in found.rows]
    return Markup("<h2>{}, newest first</h2>{}{}").format(
        text.count(found.total, "session"),
        table("Sessions", ["When", "What happened", "Level"], rows),
        pager(page, SESSIONS_PER_PAGE, found.total, {"tutor": tutor_id}),
    )


def _when(row: Row) -> str:
    return text.moment(row["scheduled_start"], row["zone"])


def _what(row: Row) -> Markup:
    first = "first session" if row["is_first_session"] else ""
    return Markup('{}<span class="meta">{}</span>').format(
        link(links.session_page("", row["session_id"]), row["headline"]),
        text.listed([row["subject"], first]),
    )
