"""Tells operators that something is wrong: the flow `alert`, and what the runner tells directly.

An automation of Prefect starts the flow (see `prefect.yaml`). Each trouble has a key, so that one
that comes again every few seconds is one letter an hour.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from prefect import flow

from core.settings import Settings, load_settings
from flows.emails.alerts import Alert
from flows.emails.letters import owe_alert
from flows.letterhead import mail_of
from flows.refresh import letters

_WORDS = {
    "Failed": "failed",
    "Crashed": "ended without a word",
    "TimedOut": "took too long and was ended",
    "Late": "has not begun at its time",
}
_STAYS = "What readers see is what was published last; ingest goes on and loses nothing."


def run_alert(flow_name: str, run_name: str, outcome: str, url: str, now: datetime) -> Alert:
    """Returns what operators are told of one run: the same key for a flow and outcome in an hour.

    Args:
        flow_name: the flow, as Prefect names it.
        run_name: the run, which says up to which record it went.
        outcome: the name of the state that the run is in, such as Failed or Late.
        url: the run's page.
        now: the moment it is told.
    """
    what = _WORDS.get(outcome, f"is {outcome}")
    lines = (
        f"Run: {run_name or 'without a name'}.",
        _STAYS,
        "The run's page says what failed. Further ones like it are not told again within the hour.",
    )
    return Alert(
        key=f"{flow_name}/{outcome}/{now:%Y-%m-%dT%H}",
        headline=f"{flow_name} {what}",
        lines=lines,
        url=url,
    )


def lag_alert(behind: timedelta, url: str, now: datetime) -> Alert:
    """Returns what operators are told when records wait to be published for `behind`."""
    minutes = behind.total_seconds() / 60
    lines = (
        f"Records that ingest accepted have waited for {minutes:.0f} minutes to be published.",
        _STAYS,
        "See whether Prefect answers and what its last runs say; the log has the runner's words.",
    )
    return Alert(
        key=f"lag/{now:%Y-%m-%dT%H}",
        headline=f"Marts are {minutes:.0f} minutes behind",
        lines=lines,
        url=url,
    )


async def tell_operators(settings: Settings, alert: Alert) -> int:
    """Returns how many letters were newly owed for `alert`; what is due is sent without Prefect."""
    owed = owe_alert(mail_of(settings), alert)
    if owed:
        await letters.fn(settings)
    return owed


@flow(name="alert", flow_run_name="{flow_name} {outcome}")
async def alert(flow_name: str, run_name: str, outcome: str, run_id: str) -> int:
    """Returns how many letters to operators were newly owed for a run that went wrong."""
    settings, now = load_settings(), datetime.now(UTC)
    url = f"{settings.prefect_url}/runs/flow-run/{run_id}"
    told = run_alert(flow_name, run_name, outcome, url, now)
    return await tell_operators(settings, told)
