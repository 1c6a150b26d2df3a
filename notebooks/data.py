"""What the pages read: rows of the published marts, each query run once per published set.

Rows stay as the marts hold them; `core.marts` opens one connection for the whole process.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.annotations import Annotation
from core.marts import Marts
from core.selection import EVERYBODY, Selection
from core.under_way import Act
from notebooks.client import Client as Client
from notebooks.client import open_client as open_client

Row = dict[str, Any]

TUTORS_PER_PAGE = 50
SESSIONS_PER_PAGE = 25
UPCOMING_SHOWN = 10
SORTS = {
    "name": "display_name, tutor_id",
    "score": "score nulls last, display_name, tutor_id",
}


@lru_cache
def open_marts(marts_dir: Path) -> Marts:
    """Returns the marts of a folder, the same for every viewer of this process."""
    return Marts(marts_dir)


@dataclass(frozen=True)
class Reader:
    """One published set, by its number, with the rows of the selected tutors.

    Of no set are `annotations`, days that people marked, and `acts`, which no set may have yet.
    """

    marts: Marts
    number: int
    selection: Selection = EVERYBODY
    annotations: tuple[Annotation, ...] = field(default=(), compare=False)
    acts: tuple[Act, ...] = field(default=(), compare=False)

    def rows(self, query: str, *parameters: Any) -> list[Row]:
        """Returns the rows of `query`; they are shared, so nobody may change them."""
        return _rows(self, query, parameters)

    def first(self, query: str, *parameters: Any) -> Row | None:
        rows = self.rows(query, *parameters)
        return rows[0] if rows else None


@lru_cache(maxsize=256)
def _rows(reader: Reader, query: str, parameters: tuple[Any, ...]) -> list[Row]:
    # the reader's number is part of the key: a newer set never answers with rows of an older one
    return reader.marts.rows(query, list(parameters), reader.selection)


def freshness(reader: Reader) -> Row:
    """Returns the one row that says how fresh and how complete the set is."""
    return reader.rows("select * from rpt_freshness")[0]


def needs_attention(reader: Reader) -> list[Row]:
    """Returns one row per tutor with an open flag, most urgent first.

    The capacity is a coach's: of some tutors only, the first so many of these are in it.
    """
    return reader.rows("""
        select
            cases.* replace (row_number() over (order by position) <= fresh.coach_capacity
                as is_in_capacity)
        from rpt_needs_attention as cases cross join rpt_freshness as fresh
        order by position
    """)


def checked(reader: Reader) -> Row:
    """Returns how many of the selected tutors were checked, and what to expect of their list."""
    if reader.selection == EVERYBODY:
        return freshness(reader)
    [row] = reader.rows("""
        select
            count(*) filter (where state = 'scored') as scored_tutor_count,
            count(*) filter (where state = 'not_enough_recent_data') as not_enough_data_count,
            count(*) filter (where state = 'new_tutor') as new_tutor_count
        from rpt_tutor_scorecards
    """)
    listed = [case for case in needs_attention(reader) if case["is_in_capacity"]]
    return row | {"expected_false_alarms": sum(case["false_alarm_probability"] for case in listed)}


def yesterday(reader: Reader) -> Row | None:
    """Returns the platform's figures of the business day before the as-of day, if it had any."""
    return reader.first("""
        select days.*
        from rpt_platform_days as days
        inner join rpt_freshness as fresh
            on days.session_date = cast(timezone(fresh.time_zone, fresh.as_of) as date) - 1
    """)


_TUTORS = """
    from rpt_tutor_scorecards as cards
    left join (select tutor_id, kind from rpt_needs_attention) as flags using (tutor_id)
    where ($1 = '' or contains(lower(strip_accents(cards.display_name)), lower(strip_accents($1)))
        or contains(lower(cards.tutor_id), lower($1)))
"""


@dataclass(frozen=True)
class TutorList:
    """One page of tutors, and how many there are in all and by state (`flagged` among them)."""

    rows: list[Row]
    total: int
    by_state: dict[str, int]


def tutors(reader: Reader, search: str, state: str, sort: str, page: int) -> TutorList:
    """Returns one page of the tutors whose name or id contains `search`; pages start at 1."""
    counts = reader.rows(
        f"""
        select cards.state, count(*) as tutors, count(flags.kind) as flagged {_TUTORS} group by 1
    """,
        search,
    )
    by_state = {row["state"]: row["tutors"] for row in counts}
    by_state["flagged"] = sum(row["flagged"] for row in counts)
    by_state[""] = sum(row["tutors"] for row in counts)
    rows = reader.rows(
        f"""
        select cards.*, flags.kind {_TUTORS}
            and ($2 = '' or cards.state = $2 or ($2 = 'flagged' and flags.kind is not null))
        order by {SORTS[sort]} limit {TUTORS_PER_PAGE} offset $3
    """,
        search,
        state,
        (page - 1) * TUTORS_PER_PAGE,
    )
    return TutorList(rows, by_state.get(state, 0), by_state)


def tutor(reader: Reader, tutor_id: str) -> Row | None:
    """Returns a tutor's scorecard, with `kind`, `clears_text`, `days_open` of an open flag."""
    return reader.first(
        """
        select cards.*, flags.kind, flags.clears_text, flags.days_open, tutors.left_on
        from rpt_tutor_scorecards as cards
        left join dim_tutors as tutors using (tutor_id)
        left join rpt_needs_attention as flags using (tutor_id)
        where tutor_id = $1
    """,
        tutor_id,
    )


def score_history(reader: Reader, tutor_id: str) -> list[Row]:
    """Returns a tutor's scores by day, oldest first; a day without a score has nulls."""
    return reader.rows(
        """
        select score_date, state, score, score_low, score_high, session_count, formula_version
        from fct_tutor_scores where tutor_id = $1 order by score_date
    """,
        tutor_id,
    )


# a list takes few of the fifty columns: what is read of a tutor grows with how many are named
SHOWN_SESSIONS = """
    select session_id, tutor_id, subject, scheduled_start, is_first_session, student_rating,
        headline, severity, coalesce(sessions.time_zone, fresh.time_zone) as zone
    from fct_sessions as sessions cross join rpt_freshness as fresh
"""
_UPCOMING = "sessions.status = 'scheduled' and sessions.scheduled_start > fresh.as_of"


@dataclass(frozen=True)
class SessionList:
    """One page of a tutor's sessions, newest first, and how many there are on all pages.

    A page after the last one has no rows, and knows of none.
    """

    rows: list[Row]
    total: int

    @classmethod
    def of(cls, rows: list[Row]) -> SessionList:
        """Returns the list of rows that each know the `total`."""
        return cls(rows, rows[0]["total"] if rows else 0)


def recent_sessions(reader: Reader, tutor_id: str, page: int) -> SessionList:
    """Returns one page of the sessions that are not still to come; pages start at 1."""
    rows = reader.rows(
        f"""
        select *, count(*) over () as total
        from ({SHOWN_SESSIONS} where tutor_id = $1 and not ({_UPCOMING}))
        order by scheduled_start desc, session_id limit {SESSIONS_PER_PAGE} offset $2
    """,
        tutor_id,
        (page - 1) * SESSIONS_PER_PAGE,
    )
    return SessionList.of(rows)


def tutor_reviews(reader: Reader, tutor_id: str) -> list[Row]:
    """Returns one row per grader and rubric that spoke of the tutor, most reviews first."""
    return reader.rows(
        """
        select * from rpt_tutor_reviews where tutor_id = $1
        order by review_count desc, grader, rubric
        """,
        tutor_id,
    )


def upcoming_sessions(reader: Reader, tutor_id: str) -> list[Row]:
    """Returns the next sessions still to come, soonest first."""
    return reader.rows(
        f"""
        {SHOWN_SESSIONS} where tutor_id = $1 and {_UPCOMING}
        order by scheduled_start, session_id limit {UPCOMING_SHOWN}
    """,
        tutor_id,
    )


def session(reader: Reader, session_id: str) -> Row | None:
    """Returns one session with its tutor's name and the `zone` that its times are shown in."""
    return reader.first(
        """
        select sessions.*, tutors.display_name,
            coalesce(sessions.time_zone, fresh.time_zone) as zone
        from fct_sessions as sessions cross join rpt_freshness as fresh
        left join dim_tutors as tutors using (tutor_id)
        where session_id = $1
    """,
        session_id,
    )
