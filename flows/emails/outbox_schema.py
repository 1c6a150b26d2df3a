"""How the outbox lies in its SQLite file, and how one of an earlier form is brought to it."""

from __future__ import annotations

import sqlite3

_FORM = 2
_PRAGMAS = """
    pragma journal_mode = wal;
    pragma synchronous = full;
"""
_SCHEMA = """
    create table letters (
        kind text not null check (kind in ('session', 'digest', 'alert', 'test')),
        about text not null,
        version integer not null,
        recipient text not null,
        status text,
        severity text,
        rank integer not null,
        state text not null check (state in ('pending', 'sending', 'sent', 'dead', 'held', 'told')),
        attempts integer not null default 0,
        next_try_at text not null,
        held_for text,
        told_in text,
        message_id text not null,
        content text,
        created_at text not null,
        sent_at text,
        last_error text,
        primary key (kind, about, version, recipient)
    ) strict;
    create index letters_owed on letters (next_try_at) where state in ('pending', 'sending');
    create index letters_ranked on letters (rank) where state in ('pending', 'sending');
    create index letters_waiting on letters (recipient)
        where state in ('pending', 'sending', 'held');
    create index letters_held on letters (next_try_at) where state = 'held';
    create index letters_of_hours on letters (recipient, created_at) where kind = 'session';
    create table if not exists state (key text primary key, value integer not null) strict;
"""
# a letter of the first form was always about a session; its severity was not kept
_FROM_FIRST_FORM = """
    insert into letters
        (kind, about, version, recipient, status, severity, rank, state, attempts, next_try_at,
         message_id, content, created_at, sent_at, last_error)
    select 'session', session_id, version, recipient, status, 'HIGH', 2, state, attempts,
        next_try_at, message_id, report, created_at, sent_at, last_error
    from letters_of_first_form;
    drop table letters_of_first_form;
    drop table if exists recipients;
"""
# by these indexes the outbox stays fast however many letters were sent in its life
OWED = "from letters indexed by letters_owed where state in ('pending', 'sending')"
RANKED = "from letters indexed by letters_ranked where state in ('pending', 'sending')"
WAITING = "from letters indexed by letters_waiting where state in ('pending', 'sending', 'held')"


def prepare(connection: sqlite3.Connection) -> None:
    """Makes the tables, or brings those of an earlier form to the present one."""
    connection.executescript(_PRAGMAS)
    if _form(connection) == _FORM:
        return
    connection.execute("begin immediate")
    try:
        if _form(connection) != _FORM:
            _bring_up(connection)
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def _bring_up(connection: sqlite3.Connection) -> None:
    is_first = connection.execute("select 1 from sqlite_master where name = 'letters'").fetchone()
    if is_first:
        connection.execute("drop index if exists letters_owed")
        connection.execute("alter table letters rename to letters_of_first_form")
    for script in (_SCHEMA, _FROM_FIRST_FORM if is_first else ""):
        for statement in script.split(";"):
            connection.execute(statement)
    connection.execute(f"pragma user_version = {_FORM}")


def _form(connection: sqlite3.Connection) -> int:
    form: int = connection.execute("pragma user_version").fetchone()[0]
    return form
