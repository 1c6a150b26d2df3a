"""Names for runs that no parameter tells apart."""

from __future__ import annotations

from prefect.runtime import flow_run


def named_by_its_moment() -> str:
    """Returns what was due and when, such as `nightly build of 2026-11-27 09:35 UTC`."""
    return f"{flow_run.flow_name} of {flow_run.scheduled_start_time:%Y-%m-%d %H:%M} UTC"
