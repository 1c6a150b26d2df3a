"""What a run says about itself in the Prefect UI: plain rows and a few lines of Markdown."""

from __future__ import annotations

from core.marts import Published
from flows.emails.letters import LettersSummary
from flows.results import NodeResult


def model_rows(results: list[NodeResult]) -> list[dict[str, str | int]]:
    """Returns one row per model and test, slowest first; times in whole milliseconds."""
    slowest_first = sorted(results, key=lambda result: -result.seconds)
    return [
        {
            "name": result.name,
            "kind": result.kind,
            "status": result.status,
            "ms": round(result.seconds * 1000),
        }
        for result in slowest_first
    ]


def run_summary(
    published: Published, letters: LettersSummary, waited_seconds: float, web_url: str
) -> str:
    """Returns Markdown that tells what was published and mailed, with a link to the dashboard."""
    lines = [
        f"**Set {published.number}** with every record up to {published.ingest_seq:,},",
        f"counted from {published.as_of}.",
        f"It took {waited_seconds:.1f} s from the first look at the data.",
        f"Letters: {letters.sent} sent, {letters.postponed} put off, {letters.dead} given up, "
        f"{letters.pending} waiting.",
        f"[Open the dashboard]({web_url}/dashboard/)",
    ]
    return "\n\n".join(lines)
