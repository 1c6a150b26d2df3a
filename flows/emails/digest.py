"""What a digest says: read from the published marts when it is due, kept as it then was."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from core.choices import Choices
from core.marts import Marts
from flows.emails.report import Line

Edition = Literal["daily", "weekly", "held"]
_MOST = 10
_MINE = """
    select tutor_id from dim_tutors
    where
        (len($1::varchar[]) = 0 or list_contains($1::varchar[], lower(manager_email)))
        and (
            len($2::varchar[]) = 0
            or list_has_any($2::varchar[], list_transform(subjects, lambda one: lower(one)))
        )
        and (len($3::varchar[]) = 0 or list_contains($3::varchar[], lower(tutor_id)))
"""
_ATTENTION = f"""
    select *, count(*) over () as total, sum(false_alarm_probability) over () as false_alarms
    from rpt_needs_attention
    where is_in_capacity and tutor_id in ({_MINE})
    order by position
    limit {_MOST}
"""
_CHANGES = f"""
    select
        flags.tutor_id, tutors.display_name, flags.kind,
        case when flags.closed_on >= $4 then 'closed' else 'opened' end as change
    from fct_flags as flags
    inner join dim_tutors as tutors using (tutor_id)
    where (flags.opened_on >= $4 or flags.closed_on >= $4) and flags.tutor_id in ({_MINE})
    order by change desc, tutors.display_name, flags.kind
    limit {_MOST}
"""
_HELPED = f"""
    select
        actions.tutor_id, tutors.display_name, actions.kind, actions.action, actions.acted_on,
        actions.horizon_days, actions.effect, actions.effect_low, actions.effect_high,
        actions.peer_count
    from fct_interventions as actions
    inner join dim_tutors as tutors using (tutor_id)
    where
        actions.state = 'measured'
        and actions.acted_on + cast(actions.horizon_days as integer) >= $4
        and actions.tutor_id in ({_MINE})
    order by actions.effect
    limit {_MOST}
"""
_POOR_FIRST = f"""
    select session_id, tutor_id, display_name, headline
    from rpt_session_reports
    where
        is_first_session and severity in ('HIGH', 'WATCH') and not is_backfill
        and received_at >= $4 and tutor_id in ({_MINE})
    order by severity, ingest_seq desc
    limit {_MOST}
"""
_PERIODS = "select * from rpt_platform_periods"
_FRESHNESS = "select as_of, formula_version, scored_tutor_count, time_zone from rpt_freshness"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Reason(_Part):
    points: Decimal
    reason_text: Line


class Attention(_Part):
    """A tutor of today's list, with the reason that weighs most."""

    tutor_id: Line
    display_name: Line
    severity: str
    kind: str
    score: Decimal | None
    score_low: Decimal | None
    score_high: Decimal | None
    session_count: int | None
    reasons: list[Reason]
    days_open: int
    status: str
    assignee: Line | None
    clears_text: Line | None


class Change(_Part):
    """A flag that opened or closed."""

    tutor_id: Line
    display_name: Line
    kind: str
    change: Literal["opened", "closed"]


class Help(_Part):
    """What an action changed, against matched peers; below zero is better."""

    tutor_id: Line
    display_name: Line
    kind: str
    action: str
    acted_on: date
    horizon_days: int
    effect: float
    effect_low: float
    effect_high: float
    peer_count: int


class Session(_Part):
    """A session to look at: a poor first one, or one whose report was held."""

    session_id: Line
    tutor_id: Line
    display_name: Line
    headline: Line
    severity: str = "WATCH"


class Period(_Part):
    """The platform's figures of a period."""

    session_count: int
    tutor_reschedule_rate: float | None
    tutor_reschedule_rate_low: float | None
    tutor_reschedule_rate_high: float | None
    tutor_no_show_rate: float | None
    tutor_no_show_rate_low: float | None
    tutor_no_show_rate_high: float | None
    first_session_count: int
    judged_first_session_count: int
    poor_first_session_rate: float | None
    poor_first_session_rate_low: float | None
    poor_first_session_rate_high: float | None


class Digest(_Part):
    """One digest: of a day, of a week, or of what was held in between."""

    edition: Edition
    due_at: datetime
    since: date
    as_of: datetime
    formula_version: int
    scored_tutor_count: int
    time_zone: str
    attention: list[Attention] = []
    attention_total: int = 0
    false_alarms: float = 0
    changes: list[Change] = []
    helped: list[Help] = []
    poor_first: list[Session] = []
    periods: dict[str, Period] = {}
    held: list[Session] = []
    held_counts: dict[str, int] = {}
    held_for: list[str] = []


def read_digest(
    marts: Marts, edition: Edition, choices: Choices, due_at: datetime, since: date
) -> Digest:
    """Returns the digest of what changed from the day `since` on, in the scope of `choices`.

    Raises:
        MartsNotPublished: no set is published yet.
    """
    [fresh] = marts.rows(_FRESHNESS)
    digest = Digest(edition=edition, due_at=due_at, since=since, **fresh)
    if edition == "held":
        return digest
    mine: list[Any] = [
        [one.lower() for one in wanted]
        for wanted in (choices.teams, choices.subjects, choices.tutors)
    ]
    attention = marts.rows(_ATTENTION, mine)
    return Digest.model_validate(
        digest.model_dump()
        | {
            "attention": [row | {"reasons": row["reasons"] or []} for row in attention],
            "attention_total": attention[0]["total"] if attention else 0,
            "false_alarms": attention[0]["false_alarms"] if attention else 0,
            "changes": marts.rows(_CHANGES, [*mine, since]),
            "helped": marts.rows(_HELPED, [*mine, since]),
            "poor_first": marts.rows(_POOR_FIRST, [*mine, since]),
            "periods": {row["period"]: row for row in marts.rows(_PERIODS)},
        }
    )
