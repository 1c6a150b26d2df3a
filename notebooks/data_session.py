"""What stands behind one session: the versions that were told, letters, and its review."""

from __future__ import annotations

from notebooks.data import Reader, Row


def versions(reader: Reader, session_id: str) -> list[Row]:
    """Returns each version of a session that was told, newest first, and its first letter.

    A version that was replaced before anybody was told, and history that was filled in, have none
    but the newest. `mailed_at` is known from the night after on; null means none is known.
    """
    return reader.rows(
        """
        with told as (
            select session_id, version, headline, severity, received_at
            from rpt_session_reports where session_id = $1
            union all
            select session_id, version, headline, severity, received_at
            from fct_sessions as newest where session_id = $1 and not exists (
                select 1 from rpt_session_reports as reports
                where reports.session_id = newest.session_id and reports.version = newest.version
            )
        )
        select told.*, letters.mailed_at, reports.reported_at
        from told
        left join rpt_session_reports as reports using (session_id, version)
        left join fct_session_freshness as letters using (session_id, version)
        order by version desc
    """,
        session_id,
    )


def review(reader: Reader, session_id: str) -> Row | None:
    """Returns what a grader said of a session: levels and codes as coaches may see them."""
    return reader.first("select * from fct_session_reviews where session_id = $1", session_id)
