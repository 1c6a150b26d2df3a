"""What a letter is written from: one row of `rpt_session_reports`, and nothing else of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

from core.errors import NotFound
from core.marts import Marts

# Line ends would forge headers and lines of the text part; bidi overrides would forge the reading.
_NOT_PRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_NOT_IN_MESSAGE_ID = re.compile(r"[^A-Za-z0-9_-]")
_WEEKS = 8
_REPORTS = """
    select due.*, freshness.window_days, tutors.manager_email, flags.flag
    from rpt_session_reports as due
    cross join rpt_freshness as freshness
    left join dim_tutors as tutors using (tutor_id)
    left join (
        select
            tutor_id,
            {{'kind': kind, 'days_open': days_open, 'clears_text': clears_text}} as flag
        from rpt_needs_attention
    ) as flags using (tutor_id)
    where {wanted} and not due.is_backfill and due.status <> 'scheduled'
    order by due.ingest_seq
"""
# by tutor and day, of which there are many more than reports: asked only for those that are due
_TRENDS = f"""
    select
        tutor_id,
        array_agg({{'on': score_date, 'score': score}} order by score_date) as trend
    from fct_tutor_scores
    where
        score is not null
        and tutor_id in (select unnest($1::varchar[]))
        and score_date in (
            select cast(as_of at time zone time_zone as date) - 7 * cast(weeks as integer)
            from rpt_freshness cross join range({_WEEKS}) as ago (weeks)
        )
    group by 1
"""


def _one_line(text: str) -> str:
    return _NOT_PRINTABLE.sub(" ", text).strip()


Line = Annotated[str, AfterValidator(_one_line)]


class _Part(BaseModel):
    # other columns of the mart never reach a letter, nor the outbox
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Reason(_Part):
    """What one component of the score contributes, in signed points."""

    points: Decimal
    reason_text: Line


class Fact(_Part):
    """One line of the facts table; a value of None is not known."""

    label: Line
    value: Line | None


class Flag(_Part):
    """The strongest open flag of the tutor, if one wants somebody's attention."""

    kind: Line
    days_open: int
    clears_text: Line | None


class Point(_Part):
    """A score on a day, as far back as the picture of it goes."""

    on: date
    score: Decimal


class Report(_Part):
    """One session outcome, with every word and number that its letter shows."""

    session_id: Line
    version: int
    tutor_id: Line
    display_name: Line
    subject: Line | None
    scheduled_start: datetime
    scheduled_end: datetime
    time_zone: str | None
    status: Literal["completed", "rescheduled", "cancelled", "no_show"]
    caused_by: Literal["tutor", "student", "platform", "unknown"] | None
    headline: Line
    severity: Literal["HIGH", "WATCH", "OK", "INFO"]
    facts: list[Fact]
    is_first_session: bool | None
    score: Decimal | None
    score_low: Decimal | None
    score_high: Decimal | None
    score_before: Decimal | None
    score_state: Literal["scored", "new_tutor", "not_enough_recent_data"]
    state_text: Line | None
    session_count: int | None
    window_days: int
    reasons: list[Reason]
    received_at: datetime
    as_of: datetime
    ingest_seq: int
    formula_version: int
    manager_email: str | None = None
    flag: Flag | None = None
    trend: list[Point] = []

    def message_id(self, recipient: str, domain: str) -> str:
        """Returns the Message-ID of this outcome's letter, the same at every attempt to send it."""
        name = _NOT_IN_MESSAGE_ID.sub("_", self.session_id)
        return f"<session-{name}.v{self.version}.{short_hash(self.session_id, recipient)}@{domain}>"

    def thread_id(self, domain: str) -> str:
        """Returns the id that all letters about this tutor refer to, so that mailers group them."""
        return f"<tutor-{short_hash(self.tutor_id)}@{domain}>"


def read_reports(marts: Marts, after_seq: int) -> Iterator[Report]:
    """Yields the outcomes that deserve a letter and came after `after_seq`, oldest first.

    History that was backfilled and sessions that are still to come deserve none.
    """
    return iter(_read(marts, "due.ingest_seq > ?", after_seq))


def find_report(marts: Marts, session_id: str) -> Report:
    """Returns the newest report of a session.

    Raises:
        NotFound: there is none; history that was filled in has none.
    """
    if not (reports := _read(marts, "due.session_id = ?", session_id)):
        raise NotFound("No live session of that id has an outcome. See: workbench mail outbox")
    return reports[-1]


def _read(marts: Marts, wanted: str, value: int | str) -> list[Report]:
    rows = marts.rows(_REPORTS.format(wanted=wanted), [value])
    tutors = sorted({row["tutor_id"] for row in rows})
    found = marts.rows(_TRENDS, [tutors]) if tutors else []
    trends = {row["tutor_id"]: row["trend"] for row in found}
    return [_report(row, trends.get(row["tutor_id"], [])) for row in rows]


def _report(row: dict[str, Any], trend: list[dict[str, Any]]) -> Report:
    return Report.model_validate({**row, "reasons": row["reasons"] or [], "trend": trend})


def short_hash(*parts: str) -> str:
    """Returns eight hexadecimal digits that stand for `parts`."""
    return sha256("\n".join(parts).encode()).hexdigest()[:8]
