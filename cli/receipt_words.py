"""Prints a receipt in the words and digits of the dashboard."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from core.words import FLAG_KINDS
from notebooks import text

Row = dict[str, Any]
_WIDTH = 44


def receipt_lines(receipt: Row) -> Iterator[str]:
    """Yields the lines of a receipt; `receipt` is what `read_receipt` returns."""
    score, published = receipt["score"], receipt["published"]
    counted = score.get("as_of") or datetime.fromisoformat(published["as_of"])
    day = f" on {text.day(score['score_date'])}" if "score_date" in score else ""
    yield f"{score.get('display_name') or score['tutor_id']} ({score['tutor_id']}){day}"
    yield (
        f"Set {published['number']}, counted from {text.moment(counted, 'UTC')}, "
        f"formula version {score['formula_version']}"
    )
    yield ""
    yield from _points(score)
    if receipt["peers"]:
        yield _peers(receipt["peers"])
    for reviews in receipt["reviews"]:
        yield f"No part of the score: {text.reviews(reviews)}"
    for flag in receipt["flags"]:
        yield from _flag(flag)
    if receipt["session"]:
        yield from _session(receipt["session"], datetime.fromisoformat(published["as_of"]))


def _points(score: Row) -> Iterator[str]:
    if score["score"] is None:
        told = score.get("state_text") or text.STATES[score["state"]]
        yield f"{told}. No score is shown until there is enough to say."
        return
    yield f"{'Platform baseline':{_WIDTH}}{score['baseline']:8.1f}"
    for part in score["components"]:
        label = part.get("label") or FLAG_KINDS[part["component"]].capitalize()
        yield f"{label:{_WIDTH}}{text.points(part['points']):>8}"
        if "rate" in part:
            yield f"    {_counts(part)}"
    interval = text.interval(score["score_low"], score["score_high"], 1)
    yield f"{'Score':{_WIDTH}}{score['score']:8.1f}   90 % interval {interval}"
    days = f" in {score['window_days']} days" if "window_days" in score else ""
    yield (
        f"From {text.count(score['session_count'], 'session')}{days}, "
        f"worth {score['effective_session_count']:.1f} by their age"
    )


def _counts(part: Row) -> str:
    is_stars = part["component"] == "quality"
    rate, low, high, platform = (
        f"{part[name]:.2f}" if is_stars else text.percent(part[name])
        for name in ("rate", "rate_low", "rate_high", "platform_rate")
    )
    counted = f"n {text.count(part['session_count'])}"
    if part["event_count"] is not None:
        counted += f", observed {part['event_count']}, expected {part['expected_count']:.1f}"
    return f"{counted}; rate {rate} ({low} to {high}), platform {platform}"


def _peers(band: Row) -> str:
    group = f"{band['main_subject']}, here for: {band['tenure']}"
    if band["state"] != "told":
        return f"Peers ({group}): too few to compare with"
    ends = text.interval(band["score_p10"], band["score_p90"], 1)
    return f"Peers ({group}; n {band['peer_count']}): {ends}, half above {band['score_p50']:.1f}"


def _flag(flag: Row) -> Iterator[str]:
    yield ""
    yield (
        f"Flag: {FLAG_KINDS[flag['kind']]}, since {text.day(flag['opened_on'])}, "
        f"{flag['status']}, {_likely(flag['probability'])} likely to be real"
    )
    if flag["clears_text"]:
        yield flag["clears_text"]


def _likely(probability: float) -> str:
    return "over 99.9 %" if probability > 0.999 else text.percent(probability)  # never certain


def _session(session: Row, as_of: datetime) -> Iterator[str]:
    yield ""
    yield f"Session {session['session_id']} of {text.day(session['session_date'])}"
    yield f"{session['headline']}; caused by: {session['caused_by'] or 'nobody, it was held'}"
    # a slot that was moved or cancelled ahead has an outcome before its day
    if session["status"] == "scheduled" or session["scheduled_start"] > as_of:
        yield "Still to come, so it counts for nothing yet."
    elif session["outage_reason"]:
        yield f"Counts for nothing: the platform was down ({session['outage_reason']})."
    elif not session["evidence"]:
        yield "Counts for nothing: the tutor did not cause it."
    for row in session["evidence"]:
        yield (
            f"{FLAG_KINDS[row['component']].capitalize()}: observed {row['observed']:.2f}, "
            f"expected of such a slot {row['expected']:.3f}, "
            f"weight {row['weight']:.2f} after {text.count(row['age_days'], 'day')}"
        )
