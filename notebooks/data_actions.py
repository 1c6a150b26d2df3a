"""What was done about flags, for the pages to show and to act on."""

from __future__ import annotations

import re

from notebooks.data import Reader, Row

SHOWN = 50
_UNTOLD = dict.fromkeys(("agrees", "snoozed_until", "until_sessions", "until_worse", "note"))

# an act on several flags of a tutor is stored once per flag, told apart by the number at the end
_ACTS = """
    select
        regexp_replace(action_id, '\\.\\d+$', '') as act_id,
        list(action_id order by action_id) as action_ids,
        any_value(tutor_id) as tutor_id,
        list(distinct kind) as kinds,
        any_value(action) as action,
        any_value(acted_by) as acted_by,
        max(acted_at) as acted_at,
        any_value(agrees) as agrees,
        any_value(assignee) as assignee,
        max(snoozed_until) as snoozed_until,
        any_value(until_sessions) as until_sessions,
        bool_or(until_worse) as until_worse,
        any_value(reason_code) as reason_code,
        any_value(note) as note
    from fct_flag_actions
"""


def trail(reader: Reader, tutor_id: str) -> list[Row]:
    """Returns what was done about a tutor, newest first, one row per act."""
    return reader.rows(
        f"{_ACTS} where tutor_id = $1 group by act_id order by acted_at desc limit {SHOWN}",
        tutor_id,
    )


def lately(reader: Reader) -> list[Row]:
    """Returns what was done about any tutor in the last 24 hours, with the tutor's name."""
    return reader.rows(f"""
        with acts as ({_ACTS} group by act_id)
        select acts.*, tutors.display_name from acts
        left join dim_tutors as tutors using (tutor_id)
        cross join rpt_freshness as fresh
        where acts.acted_at > fresh.as_of - interval 1 day
        order by acts.acted_at desc limit {SHOWN}
    """)


def case(reader: Reader, tutor_id: str) -> Row | None:
    """Returns the tutor's row of the list, with the newest action known; None without a flag."""
    return reader.first(
        """
        select cases.*, coalesce(acts.seen_seq, 0) as seen_seq
        from rpt_needs_attention as cases
        left join (
            select tutor_id, max(ingest_seq) as seen_seq from fct_flag_actions group by 1
        ) as acts using (tutor_id)
        where tutor_id = $1
        """,
        tutor_id,
    )


def seen_seq(reader: Reader) -> dict[str, int]:
    """Returns, by tutor, how far in the order of arrival the actions of this set go."""
    rows = reader.rows("select tutor_id, max(ingest_seq) as seq from fct_flag_actions group by 1")
    return {row["tutor_id"]: row["seq"] for row in rows}


def just_now(reader: Reader, tutor_id: str) -> list[Row]:
    """Returns what was done about a tutor that is stored and in no set yet, newest first.

    Rows are as those of `trail`; whether a snooze ends, and when, only a set can tell.
    """
    known = {
        row["action_id"]: row["version"]
        for row in reader.rows(
            "select action_id, version from fct_flag_actions where tutor_id = $1", tutor_id
        )
    }
    rows: dict[str, Row] = {}
    for act in reader.acts:
        if act.tutor_id == tutor_id and act.version > known.get(act.action_id, 0):
            act_id = re.sub(r"\.\d+$", "", act.action_id)
            row = rows.setdefault(act_id, {**_UNTOLD, **vars(act), "action_ids": []})
            row["action_ids"].append(act.action_id)
    return list(rows.values())[::-1]
