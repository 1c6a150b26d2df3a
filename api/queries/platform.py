"""Chooses the platform's days, and how fresh the published set is."""

from __future__ import annotations

from api.queries.selecting import columns
from api.schemas.platform import FreshnessOut, PlatformDayOut
from core.snapshot import Row, Snapshot


def list_platform_days(snapshot: Snapshot, days: int) -> list[Row]:
    """Returns the last `days` business days up to the build's own day, oldest first."""
    query = f"""
        SELECT {columns(PlatformDayOut)} FROM rpt_platform_days
        WHERE session_date <= (SELECT timezone(time_zone, as_of)::date FROM rpt_freshness)
        ORDER BY session_date DESC LIMIT ?
    """
    return snapshot.rows(query, [days])[::-1]


def find_freshness(snapshot: Snapshot) -> Row:
    """Returns how fresh and how complete the published set is."""
    [row] = snapshot.rows(f"SELECT {columns(FreshnessOut)} FROM rpt_freshness")
    return row | {"published": snapshot.published.number}
