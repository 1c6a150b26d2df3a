"""The storm guard: so much flagged in an hour is more likely a fault of the data than of tutors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core import links
from core.marts import Marts
from flows.emails.alerts import Alert
from flows.emails.wording import percent

_HOUR = timedelta(hours=1)
# of fewer sessions, a bad hour of a few tutors would look like a storm
FEWEST = 30
_LAST_HOUR = """
    select count(*) as reports, count(*) filter (severity = 'HIGH') as flagged
    from rpt_session_reports
    where not is_backfill and status <> 'scheduled' and received_at > $1
"""


def find_storm(marts: Marts, share: float, web_url: str, now: datetime) -> Alert | None:
    """Returns an alert when more than `share` of the last hour's sessions are flagged, else None.

    Raises:
        MartsNotPublished: no set is published yet.
    """
    [found] = marts.rows(_LAST_HOUR, [now - _HOUR])
    reports, flagged = found["reports"], found["flagged"]
    if reports < FEWEST or flagged / reports <= share:
        return None
    return Alert(
        key=f"storm:{now.astimezone(UTC):%Y-%m-%dT%H}",
        headline="Possible data problem: too many sessions are flagged",
        lines=(
            f"{flagged:,} of {reports:,} sessions received in the last hour are flagged "
            f"({percent(flagged / reports)}; more than {percent(share)} is taken for a fault).",
            "Letters about flagged sessions are held and come in one digest at the full hour.",
            "Look at what was sent: wrong times or statuses, a sender that was changed, an outage.",
        ),
        url=links.today_page(web_url),
    )
