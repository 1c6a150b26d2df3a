"""What the pages about the whole company read: first sessions, risks, help, the platform."""

from __future__ import annotations

from dataclasses import dataclass

from notebooks.client import LIMITS
from notebooks.data import Reader, Row, SessionList

WINDOWS = (90, 365)
HORIZONS = (28, 56)
STATES = ("measured", "too_early", "too_few_sessions", "no_peers", "out_of_history")
VERDICTS = ("helped", "worse", "no_clear_effect")
RISK_HOURS = (24, 48, 72)
RISKS_PER_PAGE = 25
POOR_PER_PAGE = 15
ACTIONS_PER_PAGE = 25
TUTORS_SHOWN = 50
TUTORS_NAMED = 5
DAYS_DRAWN = 90
DAYS_TOLD = 7
OUTAGES_SHOWN = 10
_AS_OF_DAY = "cast(timezone(fresh.time_zone, fresh.as_of) as date)"


def first_sessions(reader: Reader, window_days: int) -> Row | None:
    """Returns how first sessions of the whole platform went in the window."""
    return reader.first(
        "select * from rpt_first_session_patterns where kind = 'platform' and window_days = $1",
        window_days,
    )


def first_session_groups(reader: Reader, kind: str, window_days: int) -> list[Row]:
    """Returns the groups of one kind: hours and grades in their order, else the poorest first."""
    return reader.rows(
        """
        select *
        from rpt_first_session_patterns
        where kind = $1 and window_days = $2
        order by
            case when kind = 'local_hours' then list_position(
                ['before 8', '8 to 12', '12 to 16', '16 to 20:30', 'after 20:30'], group_value
            ) end,
            case when kind = 'grade_level' then try_cast(
                regexp_extract(group_value, '[0-9]+') as integer
            ) end nulls last,
            poor_rate desc nulls last, group_value
        """,
        kind,
        window_days,
    )


@dataclass(frozen=True)
class PoorTutors:
    """Tutors who lie above the platform, worst first, and how many could not be told."""

    rows: list[Row]
    total: int
    told: int
    untold: int


def poor_tutors(reader: Reader, window_days: int) -> PoorTutors:
    """Returns the tutors whose interval of poor first sessions lies above the platform's rate."""
    counted = reader.rows(
        """
        select
            count(*) filter (where poor_against_platform = 'above') as above,
            count(*) filter (where state = 'enough') as told,
            count(*) filter (where state <> 'enough') as untold
        from rpt_first_session_patterns where kind = 'tutor' and window_days = $1
        """,
        window_days,
    )[0]
    rows = reader.rows(
        f"""
        select patterns.*, patterns.group_value as tutor_id, tutors.display_name
        from rpt_first_session_patterns as patterns
        left join dim_tutors as tutors on patterns.group_value = tutors.tutor_id
        where kind = 'tutor' and window_days = $1 and poor_against_platform = 'above'
        order by poor_rate_low desc, patterns.group_value limit {TUTORS_SHOWN}
        """,
        window_days,
    )
    return PoorTutors(rows, counted["above"], counted["told"], counted["untold"])


def poor_first_sessions(reader: Reader, page: int) -> SessionList:
    """Returns one page of poor first sessions, newest first; pages start at 1."""
    total = reader.rows("select count(*) as total from fct_first_sessions where is_poor")
    rows = reader.rows(
        f"""
        select
            poor.*, tutors.display_name,
            coalesce(sessions.time_zone, fresh.time_zone) as zone
        from (
            select * from fct_first_sessions where is_poor
            order by scheduled_start desc, session_id limit {POOR_PER_PAGE} offset $1
        ) as poor
        cross join rpt_freshness as fresh
        left join dim_tutors as tutors using (tutor_id)
        left join fct_sessions as sessions using (session_id)
        order by poor.scheduled_start desc, session_id
        """,
        (page - 1) * POOR_PER_PAGE,
    )
    return SessionList(rows, total[0]["total"])


def risk_counts(reader: Reader, hours: int) -> dict[str, Row]:
    """Returns by kind of risk how many sessions there are ahead, and how many stand out."""
    rows = reader.rows(
        """
        select kind, count(*) as sessions, count(severity) as standing_out
        from fct_upcoming_risk where hours_ahead <= $1 group by kind
        """,
        hours,
    )
    return {row["kind"]: row for row in rows}


def risks(reader: Reader, kind: str, hours: int, page: int) -> list[Row]:
    """Returns one page of the risks that stand out, the highest first; pages start at 1."""
    return reader.rows(
        f"""
        select risks.*, tutors.display_name, coalesce(sessions.time_zone, fresh.time_zone) as zone
        from (
            select * from fct_upcoming_risk
            where severity is not null and kind = $1 and hours_ahead <= $2
            order by probability desc, scheduled_start, session_id
            limit {RISKS_PER_PAGE} offset $3
        ) as risks
        cross join rpt_freshness as fresh
        left join dim_tutors as tutors using (tutor_id)
        left join fct_sessions as sessions using (session_id)
        order by risks.probability desc, risks.scheduled_start, session_id
        """,
        kind,
        hours,
        (page - 1) * RISKS_PER_PAGE,
    )


def risk_tutors(reader: Reader, kind: str, hours: int) -> list[Row]:
    """Returns the tutors with most sessions that stand out, and of how `many` tutors these are."""
    return reader.rows(
        f"""
        select tutor_id, any_value(display_name) as display_name, count(*) as sessions,
            count(*) over () as many
        from fct_upcoming_risk left join dim_tutors using (tutor_id)
        where severity is not null and kind = $1 and hours_ahead <= $2
        group by tutor_id order by sessions desc, tutor_id limit {TUTORS_NAMED}
        """,
        kind,
        hours,
    )


def intervention_counts(reader: Reader, horizon_days: int) -> Row:
    """Returns how many actions there were by `state` and `verdict`; `as_of` is null with none."""
    named = [
        f"count(*) filter (where {column} = '{value}') as {value}_count"
        for column, values in (("state", STATES), ("verdict", VERDICTS))
        for value in values
    ]
    [row] = reader.rows(
        f"""
        select count(*) as action_count, {", ".join(named)}, max(as_of) as as_of
        from fct_interventions where horizon_days = $1
        """,
        horizon_days,
    )
    return row


def acted_count(reader: Reader) -> int:
    """Returns how many actions the set has, also those that the night has not measured yet."""
    [row] = reader.rows("select count(*) as acts from fct_flag_actions where is_intervention")
    return int(row["acts"])


def interventions(reader: Reader, horizon_days: int, page: int) -> list[Row]:
    """Returns one page of what was done about flags, newest first; pages start at 1."""
    return reader.rows(
        f"""
        select actions.*, tutors.display_name
        from fct_interventions as actions
        left join dim_tutors as tutors using (tutor_id)
        where horizon_days = $1
        order by acted_on desc, action_id limit {ACTIONS_PER_PAGE} offset $2
        """,
        horizon_days,
        (page - 1) * ACTIONS_PER_PAGE,
    )


def platform_periods(reader: Reader) -> dict[str, Row]:
    """Returns the platform's rates of yesterday (`day`), `week` and `previous_week`."""
    rows = reader.rows("select * from rpt_platform_periods")
    return {row["period"]: row for row in rows}


def platform_days(reader: Reader) -> list[Row]:
    """Returns the platform's rates by day, oldest first, without the day that is not over."""
    return reader.rows(f"""
        select days.*
        from rpt_platform_days as days
        inner join rpt_freshness as fresh
            on days.session_date between {_AS_OF_DAY} - {DAYS_DRAWN} and {_AS_OF_DAY} - 1
        order by days.session_date
    """)


def churn(reader: Reader) -> list[Row]:
    """Returns what students and tutors who left had met with, in the shorter window."""
    return reader.rows(
        "select * from rpt_platform_churn where window_days = $1 order by measure", WINDOWS[0]
    )


def outages(reader: Reader) -> list[Row]:
    """Returns the newest outages, with the business `zone` that they are shown in."""
    return reader.rows(f"""
        select outages.*, fresh.time_zone as zone
        from rpt_platform_outages as outages cross join rpt_freshness as fresh
        order by started_at desc limit {OUTAGES_SHOWN}
    """)


def told_days(reader: Reader) -> list[Row]:
    """Returns by day how soon sessions were told of, newest first."""
    return reader.rows(f"""
        select * from rpt_freshness_days order by received_date desc limit {DAYS_TOLD}
    """)


def rules(reader: Reader) -> list[Row]:
    """Returns the limits of flags and the weights of the score by kind, the heaviest first."""
    return reader.rows(LIMITS)
