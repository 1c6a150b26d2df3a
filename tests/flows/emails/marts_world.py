"""Report rows, and published marts that hold them with what else letters read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from core.choices import Choices
from core.marts import Marts
from core.recipients import EVER, Recipient

Row = dict[str, Any]
RowMaker = Callable[..., Row]
Publisher = Callable[..., Marts]

NOW = datetime(2026, 11, 20, 23, 41, 7, tzinfo=UTC)
# as documented for the published marts; a moment is read back in UTC
REPORT_COLUMNS = """
    session_id varchar, version integer, tutor_id varchar, display_name varchar, subject varchar,
    scheduled_start timestamptz, scheduled_end timestamptz, time_zone varchar,
    status varchar, caused_by varchar, headline varchar, severity varchar,
    facts struct(label varchar, "value" varchar)[], is_first_session boolean,
    score decimal(5, 1), score_low decimal(5, 1), score_high decimal(5, 1),
    score_before decimal(5, 1), score_state varchar, state_text varchar, session_count bigint,
    reasons struct(
        component varchar, label varchar, points decimal(5, 1), event_count bigint,
        session_count bigint, expected_count double, rate double, rate_low double,
        rate_high double, platform_rate double, reason_text varchar
    )[],
    is_backfill boolean, received_at timestamptz, reported_at timestamptz, as_of timestamptz,
    ingest_seq bigint, formula_version integer
"""


def make_reason(points: str, text: str) -> Row:
    words = {"component": "attendance", "label": "No-shows, late starts, early ends"}
    counts = dict.fromkeys(["event_count", "session_count", "expected_count"], 5)
    rates = dict.fromkeys(["rate", "rate_low", "rate_high", "platform_rate"], 0.1)
    return words | {"points": Decimal(points)} | counts | rates | {"reason_text": text}


def make_row(**changes: Any) -> Row:
    row = {
        "session_id": "S-8F2K",
        "version": 1,
        "tutor_id": "T-1",
        "display_name": "Teresa Rivera",
        "subject": "Algebra",
        "scheduled_start": datetime(2026, 11, 20, 22, 30, tzinfo=UTC),
        "scheduled_end": datetime(2026, 11, 20, 23, 30, tzinfo=UTC),
        "time_zone": "America/Chicago",
        "status": "completed",
        "caused_by": None,
        "headline": "Started 11 min late",
        "severity": "HIGH",
        "facts": [
            {"label": "Held", "value": "49 of 60 minutes"},
            {"label": "Rated by the student", "value": "2 of 5"},
            {"label": "Next session booked", "value": None},
        ],
        "is_first_session": True,
        "score": Decimal("41.2"),
        "score_low": Decimal("35.0"),
        "score_high": Decimal("47.3"),
        "score_before": Decimal("45.4"),
        "score_state": "scored",
        "state_text": None,
        "session_count": 38,
        "reasons": [
            make_reason("-2.1", "late or absent in 5 of 38 sessions, 13 % (7-22 %), others 4 %"),
            make_reason("-1.4", "moved or cancelled 6 of 41 sessions, 15 % (8-24 %), others 9 %"),
            make_reason("0.5", "rated 4.6 of 5 on average over 20 sessions, others 4.5"),
        ],
        "is_backfill": False,
        "received_at": NOW - timedelta(seconds=6),
        "reported_at": NOW,
        "as_of": NOW,
        "ingest_seq": 7,
        "formula_version": 3,
    }
    return row | changes


# as documented for the published marts, as far as letters read them
_OTHER_MARTS = """
    create table dim_tutors as select
        tutor_id, display_name, subjects, manager_email
    from (values
        ('T-1', 'Teresa Rivera', ['Algebra'], 'maria@qa.example'),
        ('T-2', 'Li Chen', ['Physics'], 'omar@qa.example')
    ) as tutors (tutor_id, display_name, subjects, manager_email);
    create table rpt_freshness as select
        90::integer as window_days, timestamptz '2026-11-20 23:41:07Z' as as_of,
        'America/Chicago' as time_zone, 3::integer as formula_version,
        312::bigint as scored_tutor_count;
    create table fct_tutor_scores (tutor_id varchar, score_date date, score decimal(5, 1));
    create table rpt_needs_attention (
        position bigint, tutor_id varchar, display_name varchar, severity varchar, kind varchar,
        score decimal(5, 1), score_low decimal(5, 1), score_high decimal(5, 1),
        session_count bigint, reasons struct(points decimal(5, 1), reason_text varchar)[],
        days_open integer, status varchar, assignee varchar, clears_text varchar,
        is_in_capacity boolean, false_alarm_probability double
    );
    create table fct_flags (
        tutor_id varchar, kind varchar, opened_on date, closed_on date
    );
    create table fct_interventions (
        tutor_id varchar, kind varchar, action varchar, acted_on date, horizon_days integer,
        state varchar, effect double, effect_low double, effect_high double, peer_count bigint
    );
    create table rpt_platform_periods as select
        period, first_day, last_day, 1203::bigint as session_count,
        .031 as tutor_reschedule_rate, .024 as tutor_reschedule_rate_low,
        .040 as tutor_reschedule_rate_high, .004 as tutor_no_show_rate,
        .002 as tutor_no_show_rate_low, .008 as tutor_no_show_rate_high,
        57::bigint as first_session_count, 0::bigint as judged_first_session_count,
        null::double as poor_first_session_rate, null::double as poor_first_session_rate_low,
        null::double as poor_first_session_rate_high
    from (values
        ('day', date '2026-11-19', date '2026-11-19'),
        ('week', date '2026-11-13', date '2026-11-19')
    ) as periods (period, first_day, last_day);
"""
ATTENTION = """
    insert into rpt_needs_attention values
    (1, 'T-1', 'Teresa Rivera', 'high', 'attendance', 41.2, 35.0, 47.3, 38,
     [{points: -2.1, reason_text: 'late or absent in 5 of 38 sessions'}],
     12, 'open', null, 'Clears after about 9 sessions on time.', true, .04),
    (2, 'T-2', 'Li Chen', 'watch', 'drift', null, null, null, 12, [], 0, 'acknowledged',
     'maria', null, true, .12);
    insert into fct_flags values
    ('T-1', 'attendance', '2026-11-19', null), ('T-2', 'quality', '2026-10-01', '2026-11-20');
    insert into fct_interventions values
    ('T-2', 'quality', 'resolve', '2026-10-23', 28, 'measured', -.42, -.8, -.05, 14);
"""


def make_recipient() -> Recipient:
    return Recipient(
        address="ann@qa.example",
        token="Zm9yLWFubi1vbmx5",
        is_of_settings=False,
        since=EVER,
        listed_at=NOW,
        choices=Choices(),
    )


def write_marts(path: Path, rows: tuple[Row, ...], sql: str = "") -> None:
    """Writes a set of marts with `rows` as reports, then does `sql` in it."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"create table rpt_session_reports ({REPORT_COLUMNS})")
        connection.execute(_OTHER_MARTS + sql)
        for row in rows:
            names, places = ", ".join(row), ", ".join("?" * len(row))
            insert = f"insert into rpt_session_reports ({names}) values ({places})"
            connection.execute(insert, list(row.values()))
