"""What stands behind one tutor's score and beside it: acts, sessions, risks, peers, first sessions.

Each function returns rows of the published set as it holds them, with nothing added up.
"""

from __future__ import annotations

from notebooks.data import SHOWN_SESSIONS, Reader, Row, SessionList

EVIDENCE_PER_PAGE = 25
FIRST_SESSIONS_SHOWN = 6
FIRST_SESSION_DAYS = 90


def interventions(reader: Reader, tutor_id: str) -> list[Row]:
    """Returns what people did about a tutor's flags and when, oldest first."""
    return reader.rows(
        """
        select acted_on as marked_on, action, reason_code
        from fct_flag_actions where tutor_id = $1 and is_intervention
        order by acted_at, action_id
    """,
        tutor_id,
    )


def evidence(reader: Reader, tutor_id: str, component: str, page: int) -> SessionList:
    """Returns one page of the sessions behind a part of the score: what happened first.

    `observed` and `expected` are events, or for quality the share of stars missing from five;
    `weight` is what age has left of it. Pages start at 1.
    """
    rows = reader.rows(
        f"""
        select sessions.*, evidence.observed, evidence.expected, evidence.weight,
            count(*) over () as total
        from fct_score_evidence as evidence
        inner join ({SHOWN_SESSIONS}) as sessions using (session_id, tutor_id)
        where evidence.tutor_id = $1 and evidence.component = $2
        order by observed desc, scheduled_start desc, session_id
        limit {EVIDENCE_PER_PAGE} offset $3
    """,
        tutor_id,
        component,
        (page - 1) * EVIDENCE_PER_PAGE,
    )
    return SessionList.of(rows)


def evidence_counts(reader: Reader, tutor_id: str) -> dict[str, int]:
    """Returns how many sessions stand behind each part of the score; parts with none are absent."""
    rows = reader.rows(
        """
        select component, count(*) as sessions from fct_score_evidence
        where tutor_id = $1 group by component
    """,
        tutor_id,
    )
    return {row["component"]: row["sessions"] for row in rows}


def examples(reader: Reader, tutor_id: str, per_part: int) -> list[Row]:
    """Returns the newest sessions in which something happened, so many of each part."""
    return reader.rows(
        f"""
        select evidence.component, sessions.session_id, sessions.headline, sessions.zone,
            sessions.scheduled_start, sessions.student_rating
        from fct_score_evidence as evidence
        inner join ({SHOWN_SESSIONS}) as sessions using (session_id, tutor_id)
        where evidence.tutor_id = $1 and evidence.observed > evidence.expected
        qualify row_number() over (
            partition by component order by scheduled_start desc, session_id
        ) <= $2
        order by component, scheduled_start desc, session_id
    """,
        tutor_id,
        per_part,
    )


def upcoming_risks(reader: Reader, tutor_id: str) -> dict[str, list[Row]]:
    """Returns the risks of a tutor's next sessions by session, the likeliest first."""
    rows = reader.rows(
        """
        select session_id, kind, probability, severity, reason_text
        from fct_upcoming_risk where tutor_id = $1 order by session_id, probability desc
    """,
        tutor_id,
    )
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["session_id"], []).append(row)
    return found


def peer_band(reader: Reader, tutor_id: str) -> Row | None:
    """Returns where scores of similar tutors lie; the ends are null where there are too few."""
    return reader.first("select * from rpt_peer_bands where tutor_id = $1", tutor_id)


def peer_scores(reader: Reader, tutor_id: str) -> list[Row]:
    """Returns score and sessions of each similar tutor, without a name; `is_own` marks this one."""
    return reader.rows(
        """
        select cards.session_count, cards.score, cards.tutor_id = $1 as is_own
        from rpt_peer_bands as own
        inner join rpt_peer_bands as peers using (main_subject, tenure)
        inner join rpt_tutor_scorecards as cards on peers.tutor_id = cards.tutor_id
        where own.tutor_id = $1 and cards.score is not null
        order by cards.session_count, cards.score
    """,
        tutor_id,
    )


def first_session_pattern(reader: Reader, tutor_id: str) -> Row | None:
    """Returns how a tutor's first sessions of 90 days went, by the last night's build."""
    return reader.first(
        """
        select * from rpt_first_session_patterns
        where kind = 'tutor' and group_value = $1 and window_days = $2
    """,
        tutor_id,
        FIRST_SESSION_DAYS,
    )


def first_sessions(reader: Reader, tutor_id: str) -> list[Row]:
    """Returns a tutor's newest first sessions, and whether the student came again."""
    return reader.rows(
        f"""
        select firsts.session_id, firsts.scheduled_start, firsts.student_rating, outcome,
            came_again, came_again_to_tutor, days_to_next_session_with_tutor, headline, zone
        from fct_first_sessions as firsts
        inner join ({SHOWN_SESSIONS}) as sessions using (session_id, tutor_id)
        where firsts.tutor_id = $1
        order by firsts.scheduled_start desc, firsts.session_id limit {FIRST_SESSIONS_SHOWN}
    """,
        tutor_id,
    )
