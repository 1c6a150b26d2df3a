"""A narrow cursor has the rows of selected tutors only, whatever the query does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core.marts import Marts, Published
from core.selection import EVERYBODY, Selection
from core.snapshot import open_snapshot

MARIA = Selection(teams=("maria@company.example",))
_WORLD = """
    create table dim_tutors as from (values
        ('t-1', 'maria@company.example', ['Algebra'], 'America/Chicago'),
        ('t-2', 'omar@company.example', ['Algebra', 'Physics'], 'America/Denver'),
        ('t-3', null, ['Physics'], 'America/Chicago')
    ) as tutors (tutor_id, manager_email, subjects, time_zone);
    create table rpt_peer_bands as from (values ('t-1', 'new'), ('t-2', 'years'), ('t-3', 'years'))
        as bands (tutor_id, tenure);
    create table new_fct_sessions as
    select tutor_id, 's-' || tutor_id as session_id from dim_tutors;
    create view fct_sessions as select * from new_fct_sessions;
    create table rpt_first_session_patterns as from (values
        ('tutor', 't-1'), ('tutor', 't-2'), ('subject', 'Algebra')
    ) as patterns (kind, group_value);
    create table fct_flag_actions as from dim_tutors;
    create table rpt_platform_days as select 3 as session_count;
"""


@pytest.fixture
def marts(tmp_path: Path) -> Marts:
    published = Published(1, "marts-1.duckdb", "2026-11-22T16:00:05Z", "2026-11-22T16:00:00Z", 60)
    with duckdb.connect(str(tmp_path / published.file)) as store:
        store.execute(_WORLD)
    (tmp_path / "current.json").write_bytes(published.to_json())
    return Marts(tmp_path)


def _tutors(marts: Marts, selection: Selection, query: str = "FROM fct_sessions") -> set[str]:
    return {row["tutor_id"] for row in marts.rows(query, selection=selection)}


@pytest.mark.parametrize(
    ("selection", "seen"),
    [
        (EVERYBODY, {"t-1", "t-2", "t-3"}),
        (MARIA, {"t-1"}),
        (Selection(teams=()), set()),
        (Selection(teams=("nobody@company.example",)), set()),
        (Selection(subject="Algebra"), {"t-1", "t-2"}),
        (Selection(zone="America/Chicago"), {"t-1", "t-3"}),
        (Selection(tenure="years"), {"t-2", "t-3"}),
        (Selection(subject="Physics", zone="America/Chicago", tenure="years"), {"t-3"}),
        (Selection(teams=("maria@company.example",), subject="Physics"), set()),
        (Selection(subject="x' or true --"), set()),
        (Selection(tutor="t-2"), {"t-2"}),
        (Selection(tutor="t-2").narrowed("", "Algebra", "", ""), {"t-2"}),
        (Selection(tutor="t-2").narrowed("maria@company.example", "", "", ""), set()),
    ],
)
def test_only_what_all_conditions_select_is_there(
    marts: Marts, selection: Selection, seen: set[str]
) -> None:
    assert _tutors(marts, selection) == seen


@pytest.mark.parametrize(
    "query",
    [
        "select tutor_id from dim_tutors",
        "select tutor_id from DIM_TUTORS",
        'select tutor_id from "dim_tutors"',
        "select tutor_id from main.dim_tutors",
        "with all_of_them as (from dim_tutors) select tutor_id from all_of_them",
        "select a.tutor_id from fct_sessions as a join dim_tutors as b on a.tutor_id = b.tutor_id",
        "select tutor_id from dim_tutors where tutor_id in (select tutor_id from fct_sessions)",
        "from new_fct_sessions",
    ],
)
def test_no_way_to_write_a_query_leads_around_it(marts: Marts, query: str) -> None:
    assert _tutors(marts, MARIA, query) == {"t-1"}


def test_patterns_of_other_teams_tutors_are_left_out_and_those_of_subjects_stay(
    marts: Marts,
) -> None:
    rows = marts.rows("FROM rpt_first_session_patterns", selection=MARIA)
    assert [tuple(row.values()) for row in rows] == [("tutor", "t-1"), ("subject", "Algebra")]


def test_what_is_of_the_platform_is_seen_by_everybody(marts: Marts) -> None:
    assert marts.rows("FROM rpt_platform_days", selection=MARIA) == [{"session_count": 3}]


def test_two_who_select_differently_do_not_disturb_each_other(marts: Marts) -> None:
    maria, everybody = open_snapshot(marts, MARIA), open_snapshot(marts)
    counted = "select count(*) as n from dim_tutors"
    answers: list[Any] = [one.rows(counted)[0]["n"] for one in (maria, everybody, maria)]
    assert answers == [1, 3, 1]


def test_a_newer_set_is_seen_by_who_sees_some_tutors_only(marts: Marts, tmp_path: Path) -> None:
    assert _tutors(marts, MARIA) == {"t-1"}
    published = Published(2, "marts-2.duckdb", "2026-11-22T16:01:05Z", "2026-11-22T16:01:00Z", 61)
    with duckdb.connect(str(tmp_path / published.file)) as store:
        store.execute(_WORLD + "update dim_tutors set manager_email = 'maria@company.example';")
    (tmp_path / "current.json").write_bytes(published.to_json())
    assert _tutors(marts, MARIA) == {"t-1", "t-2", "t-3"}


def test_many_at_once_each_see_their_own(marts: Marts) -> None:
    each = [MARIA, Selection(teams=("omar@company.example",)), EVERYBODY] * 20
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda selection: _tutors(marts, selection), each))
    assert seen == [{"t-1"}, {"t-2"}, {"t-1", "t-2", "t-3"}] * 20


def test_a_tutor_reads_nothing_that_others_wrote(marts: Marts) -> None:
    query = "FROM fct_flag_actions"
    assert _tutors(marts, Selection(tutor="t-1"), query) == set()
    assert _tutors(marts, MARIA, query) == {"t-1"}
