"""The caps on money: what a call may cost is set aside before it, and settled by what it did cost.

Whoever dies in between leaves the amount set aside, since the call may have been billed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from flows.reviews.grader import Usage
from flows.reviews.ledger import Ledger, stamp


@dataclass(frozen=True)
class Caps:
    """Dollars that a day (UTC) and a session, in all its reviews, may cost at most."""

    day_usd: float
    session_usd: float


@dataclass(frozen=True)
class Spent:
    """What one day came to."""

    usd: float
    calls: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int


def set_aside(
    ledger: Ledger, session_id: str, grader: str, usd: float, caps: Caps, now: datetime
) -> int | None:
    """Returns the number of a call that may cost `usd`; None if a cap forbids it."""
    with ledger.transaction():
        day, session = spent_on(ledger, _day(now)).usd, _spent_for(ledger, session_id)
        if day + usd > caps.day_usd or session + usd > caps.session_usd:
            return None
        query = "insert into calls (session_id, grader, at, usd) values (?, ?, ?, ?)"
        return ledger.execute(query, (session_id, grader, stamp(now), usd)).lastrowid


def settle(ledger: Ledger, call: int, usage: Usage, outcome: str) -> None:
    """Notes what a call cost and what came of it."""
    ledger.execute(
        "update calls set usd = ?, input_tokens = ?, cached_tokens = ?, output_tokens = ?, "
        "outcome = ? where id = ?",
        (usage.usd, usage.input_tokens, usage.cached_tokens, usage.output_tokens, outcome, call),
    )


def spent_on(ledger: Ledger, day: date) -> Spent:
    """Returns what was spent on a day (UTC), with what is set aside."""
    query = (
        "select coalesce(sum(usd), 0.0), count(*), coalesce(sum(input_tokens), 0), "
        "coalesce(sum(cached_tokens), 0), coalesce(sum(output_tokens), 0) "
        "from calls where at >= ? and at < ?"
    )
    found = ledger.execute(query, (f"{day.isoformat()}T", f"{day.isoformat()}U")).fetchone()
    return Spent(*found)


def cache_hits(ledger: Ledger) -> int:
    """Returns how often an answer that was there already saved a call."""
    return int(ledger.execute("select coalesce(sum(hits), 0) from answers").fetchone()[0])


def _spent_for(ledger: Ledger, session_id: str) -> float:
    query = "select coalesce(sum(usd), 0.0) from calls where session_id = ?"
    return float(ledger.execute(query, (session_id,)).fetchone()[0])


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()
