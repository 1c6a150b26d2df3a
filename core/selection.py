"""Whose rows are seen: tables are narrowed, and not queries, so that no query can forget it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import duckdb

_TABLES = """
    select distinct table_name from information_schema.columns
    where table_catalog = current_database() and table_schema = 'main'
        and (column_name = 'tutor_id' or table_name = 'rpt_first_session_patterns')
"""
_CHOOSE = """
    create temp table chosen_tutors as
    select tutor_id from dim_tutors
    where ($teams is null or list_contains($teams, manager_email))
        and ($subject = '' or list_contains(subjects, $subject))
        and ($zone = '' or time_zone = $zone)
        and ($tutor = '' or tutor_id = $tutor)
        and ($tenure = '' or tutor_id in (
            select tutor_id from rpt_peer_bands where tenure = $tenure
        ))
"""
_IS_CHOSEN = "{} in (select tutor_id from temp.chosen_tutors)"
# a mart whose rows are of tutors only where its kind says so
_KEPT = {
    "rpt_first_session_patterns": f"kind <> 'tutor' or {_IS_CHOSEN.format('group_value')}",
}
_WRITTEN_BY_OTHERS = frozenset({"fct_flag_actions", "fct_session_reviews", "rpt_tutor_reviews"})


@dataclass(frozen=True)
class Selection:
    """Some tutors, by what all of these say; what is left out selects everybody.

    `teams` are addresses of managers, None for all teams; `tenure` is new, months or years. With
    `tutor` it is the view of that one tutor, in which there is nothing that others wrote.
    """

    teams: tuple[str, ...] | None = None
    subject: str = ""
    tenure: str = ""
    zone: str = ""
    tutor: str = ""

    def narrowed(self, team: str, subject: str, tenure: str, zone: str) -> Selection:
        """Returns those of these tutors that the filters choose; an empty one chooses all."""
        teams = self.teams
        if team:
            teams = (team,) if teams is None or team in teams else ()
        return replace(self, teams=teams, subject=subject, tenure=tenure, zone=zone)


EVERYBODY = Selection()
NOBODYS = Selection(teams=())


def rights_of(role: str, teams: tuple[str, ...], tutor_id: str) -> Selection:
    """Returns whose rows a person may see: their teams', without any all; a tutor their own."""
    if role == "tutor":
        return Selection(tutor=tutor_id) if tutor_id else NOBODYS
    return Selection(teams=teams) if teams else EVERYBODY


class NarrowCursor:
    """A cursor over a published set in which only the rows of selected tutors exist.

    A table that a query names is covered by a view of the same name before the query runs.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection, selection: Selection) -> None:
        self._cursor = cursor
        teams = None if selection.teams is None else list(selection.teams)
        chosen = {
            "teams": teams,
            "subject": selection.subject,
            "zone": selection.zone,
            "tenure": selection.tenure,
            "tutor": selection.tutor,
        }
        self._hidden = _WRITTEN_BY_OTHERS if selection.tutor else frozenset()
        self._set = cursor.execute("select current_database()").fetchall()[0][0]
        self._open = {name for (name,) in cursor.execute(_TABLES).fetchall()}
        cursor.execute(_CHOOSE, chosen)

    def execute(self, query: str, parameters: Any = None) -> duckdb.DuckDBPyConnection:
        """Returns what the cursor of DuckDB returns."""
        self._cover(query)
        return self._cursor.execute(query, parameters)

    def sql(self, query: str, params: Any = None) -> duckdb.DuckDBPyRelation:
        """Returns what the cursor of DuckDB returns."""
        self._cover(query)
        return self._cursor.sql(query, params=params)

    def _cover(self, query: str) -> None:
        for name in self._open & set(re.findall(r"\w+", query.lower())):
            condition = _KEPT.get(name, _IS_CHOSEN.format("tutor_id"))
            condition = "false" if name in self._hidden else condition
            whole = f'"{self._set}".main.{name}'
            self._cursor.execute(
                f"create temp view {name} as select * from {whole} where {condition}"
            )
            self._open.remove(name)


Cursor = duckdb.DuckDBPyConnection | NarrowCursor


def narrowed(cursor: duckdb.DuckDBPyConnection, selection: Selection) -> Cursor:
    """Returns `cursor` as it is for everybody's rows, else one that has those selected only."""
    return cursor if selection == EVERYBODY else NarrowCursor(cursor, selection)
