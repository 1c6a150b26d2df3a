"""The letter that tells a digest. Pure: the same digest gives the same letter, to the byte."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from core import links
from core.recipients import Recipient
from core.words import FLAG_KINDS
from flows.emails.digest import Attention, Change, Digest, Help, Period, Session
from flows.emails.render import Letter, Letterhead, render
from flows.emails.wording import (
    DASH,
    DOT,
    counted,
    day,
    moment,
    percent_with_interval,
    signed,
)

_HELD_FOR = {
    "digest": "as you chose",
    "correction": "what was known before was corrected",
    "budget": "there were more in an hour than you wanted",
    "quiet": "it was quiet time",
    "storm": "so many sessions were flagged at once that the data may be at fault",
}
_PERIODS = {"daily": ("day", "week"), "weekly": ("week", "previous_week"), "held": ()}
_PERIOD_WORDS = {"day": "Yesterday", "week": "Last seven days", "previous_week": "Seven before"}


def digest_letter(
    digest: Digest, letterhead: Letterhead, message_id: str, recipient: Recipient
) -> Letter:
    """Returns the letter that tells `digest`."""
    context = _context(digest, letterhead, recipient)
    demo = "DEMO" + DOT if letterhead.is_demo else ""
    subject = f"[DIGEST] {demo}{context['headline']}{DOT}{context['when']}"
    headers = {"X-Workbench-Digest": str(digest.edition)}
    return render("digest", context, subject, message_id, headers, letterhead, recipient)


def _context(digest: Digest, letterhead: Letterhead, recipient: Recipient) -> dict[str, Any]:
    zone = ZoneInfo(recipient.choices.time_zone)
    url = letterhead.web_url
    return {
        "headline": _headline(digest),
        "preheader": _preheader(digest),
        "when": day(digest.due_at.astimezone(zone)),
        "is_whole": digest.edition != "held",
        "attention": [_attention(one, url) for one in digest.attention],
        "attention_note": _attention_note(digest),
        "since": day(digest.since),
        "changes": [_change(one, url) for one in digest.changes],
        "helped": [_help(one, url) for one in digest.helped],
        "poor_first": [_session(one, url) for one in digest.poor_first],
        "held_note": _held_note(digest),
        "held": [(one.severity, *_session(one, url)) for one in digest.held],
        "held_more": max(sum(digest.held_counts.values()) - len(digest.held), 0),
        "periods": [
            (_PERIOD_WORDS[name], _period_rows(digest.periods[name]))
            for name in _PERIODS[digest.edition]
            if name in digest.periods
        ],
        "today_url": links.today_page(url),
        "as_of": moment(digest.as_of.astimezone(zone)),
        "formula_version": digest.formula_version,
    }


def _headline(digest: Digest) -> str:
    reports = counted(sum(digest.held_counts.values()), "report")
    if digest.edition == "held":
        return f"{reports} held, {digest.held_counts.get('HIGH', 0)} flagged"
    need = digest.attention_total
    who = f"{counted(need, 'tutor')} {'needs' if need == 1 else 'need'} you"
    what = who if need else "Nobody needs attention"
    return what + (", week in review" if digest.edition == "weekly" else "")


def _preheader(digest: Digest) -> str:
    if digest.attention:
        first = digest.attention[0]
        return f"{first.display_name}: {FLAG_KINDS.get(first.kind, first.kind)}"
    return f"{counted(digest.scored_tutor_count, 'scored tutor')} looked at"


def _attention(one: Attention, url: str) -> dict[str, Any]:
    age = f"open for {counted(one.days_open, 'day')}" if one.days_open else "opened today"
    facts = [FLAG_KINDS.get(one.kind, one.kind), age]
    if one.score is not None:
        facts.append(
            f"score {one.score:.0f} ({one.score_low:.0f}{DASH}{one.score_high:.0f}, "
            f"n {one.session_count:,})"
        )
    unowned = "with nobody yet" if one.status == "open" else one.status
    facts.append(f"with {one.assignee}" if one.assignee else unowned)
    reason = one.reasons[0] if one.reasons else None
    return {
        "severity": "HIGH" if one.severity == "high" else "WATCH",
        "name": one.display_name,
        "url": links.tutor_page(url, one.tutor_id),
        "facts": DOT.join(facts),
        "reason": f"{signed(reason.points)}  {reason.reason_text}" if reason else None,
        "clears": one.clears_text,
    }


def _attention_note(digest: Digest) -> str:
    shown = len(digest.attention)
    more = digest.attention_total - shown
    rest = f"{more} more on the page. " if more else ""
    likely = f"about {digest.false_alarms:.1f} are likely to be false alarms."
    return f"{rest}Of these {digest.attention_total}, {likely}"


def _change(one: Change, url: str) -> tuple[str, str, str]:
    words = "flag opened" if one.change == "opened" else "flag closed"
    return one.display_name, links.tutor_page(url, one.tutor_id), f"{FLAG_KINDS[one.kind]}: {words}"


def _help(one: Help, url: str) -> tuple[str, str, str]:
    interval = f"{signed(round(one.effect_low, 2))} to {signed(round(one.effect_high, 2))}"
    told = (
        f"{FLAG_KINDS[one.kind]}: {signed(round(one.effect, 2))} times the usual "
        f"{one.horizon_days} days after “{one.action}” on {day(one.acted_on)} "
        f"(90 % {interval}; {one.peer_count} matched peers; below zero is better)"
    )
    return one.display_name, links.tutor_page(url, one.tutor_id), told


def _session(one: Session, url: str) -> tuple[str, str, str]:
    return one.display_name, links.session_page(url, one.session_id), one.headline


def _held_note(digest: Digest) -> str | None:
    if not digest.held_counts:
        return None
    counts = ", ".join(
        f"{digest.held_counts[name]:,} {name}"
        for name in ("HIGH", "WATCH", "OK", "INFO")
        if digest.held_counts.get(name)
    )
    return f"{counts}. Held because {'; '.join(_HELD_FOR[why] for why in digest.held_for)}."


def _period_rows(period: Period) -> list[tuple[str, str]]:
    rates = [
        ("Moved by tutors", "tutor_reschedule"),
        ("Tutor did not come", "tutor_no_show"),
        ("Poor first sessions", "poor_first_session"),
    ]
    return [
        ("Sessions", f"{period.session_count:,}"),
        (
            "First sessions",
            f"{period.first_session_count:,}, {period.judged_first_session_count:,} of them judged",
        ),
        *((label, _rate(period, name)) for label, name in rates),
    ]


def _rate(period: Period, name: str) -> str:
    values = [getattr(period, f"{name}_rate{end}") for end in ("", "_low", "_high")]
    return percent_with_interval(*values)
