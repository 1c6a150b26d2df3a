"""`workbench status`: what runs, how fresh the marts are, what waits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.error import URLError

from rich.console import Console

from cli.posting import ingest_details
from cli.processes import workbench_processes
from core.errors import MartsNotPublished
from core.lake import read_watermark
from core.marts import Marts
from core.settings import Settings


def read_status(settings: Settings, now: datetime) -> dict[str, Any]:
    """Returns the state of each process, of the lake and of the published marts."""
    processes = {process.name: process.is_ready() for process in workbench_processes(settings)}
    return {
        "at": now.isoformat(),
        "is_ready": all(processes.values()),
        "processes": processes,
        "ingest": _ingest(settings),
        "lake": {"ingest_seq": read_watermark(settings.lake_dir).ingest_seq},
        "marts": _marts(settings, now),
    }


def _ingest(settings: Settings) -> dict[str, Any] | None:
    try:
        return ingest_details(settings)
    except (URLError, OSError):
        return None


def _marts(settings: Settings, now: datetime) -> dict[str, Any] | None:
    marts = Marts(settings.marts_dir)
    try:
        published = marts.published()
    except MartsNotPublished:
        return None
    fresh = marts.rows("SELECT session_count, data_through FROM rpt_freshness")[0]
    age = now - datetime.fromisoformat(published.published_at).astimezone(UTC)
    return {
        "number": published.number,
        "ingest_seq": published.ingest_seq,
        "as_of": published.as_of,
        "age_seconds": round(age.total_seconds(), 1),
        "session_count": fresh["session_count"],
        "data_through": fresh["data_through"] and fresh["data_through"].isoformat(),
    }


def print_status(status: dict[str, Any]) -> None:
    """Prints the status for people."""
    console = Console(highlight=False)
    for name, is_ready in status["processes"].items():
        console.print(f"  {'[green]✓[/]' if is_ready else '[red]✗[/]'} {name}")
    if (marts := status["marts"]) is None:
        console.print("  No marts are published yet.")
        return
    behind = status["lake"]["ingest_seq"] - marts["ingest_seq"]
    console.print(
        f"  Set {marts['number']}, published {marts['age_seconds']:.0f} s ago: "
        f"{marts['session_count']:,} sessions, {behind} records not yet in it."
    )
