"""What a run says about itself in the Prefect UI: plain rows and a few lines of Markdown."""

from __future__ import annotations

from datetime import datetime

from core.marts import Published
from flows.changes import Changes
from flows.emails.letters import LettersSummary
from flows.emails.wording import counted
from flows.results import NodeResult


def model_rows(results: list[NodeResult]) -> list[dict[str, str | int | None]]:
    """Returns one row per model and test, slowest first; times in whole milliseconds."""
    slowest_first = sorted(results, key=lambda result: -result.seconds)
    return [
        {
            "name": result.name,
            "kind": result.kind,
            "status": result.status,
            "rows": result.rows,
            "ms": round(result.seconds * 1000),
        }
        for result in slowest_first
    ]


def run_summary(
    published: Published,
    changes: Changes,
    letters: LettersSummary,
    waited_seconds: float,
    web_url: str,
) -> str:
    """Returns Markdown that tells what was published and mailed, with links to where it is seen."""
    lag = "unknown" if changes.lag_seconds is None else f"{changes.lag_seconds:.1f} s"
    lines = [
        f"**Set {published.number}** with every record up to {published.ingest_seq:,},",
        f"counted from {datetime.fromisoformat(published.as_of):%Y-%m-%d %H:%M:%S} UTC.",
        f"New: {counted(changes.records, 'record')}, {counted(changes.sessions, 'session')}. "
        f"Flags: {changes.flags_opened:,} opened, {changes.flags_closed:,} closed.",
        f"It took {waited_seconds:.1f} s from the first look at the data; lag from the newest "
        f"record's arrival to the publishing: {lag}.",
        f"Letters: {letters.sent} sent, {letters.postponed} put off, {letters.dead} given up, "
        f"{letters.pending} waiting.",
        f"[Dashboard]({web_url}/dashboard/) · [Operations]({web_url}/operations) · "
        f"[What each table means]({web_url}/warehouse)",
    ]
    return "\n\n".join(lines)
