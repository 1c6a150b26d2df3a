"""People who may log in: SQLite, argon2 hashes, and a session version that ends their logins."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast, get_args

from api.passwords import hash_password, is_password, refuse_short
from core.errors import BadInput, Conflict, NotFound
from core.login_settings import Role
from core.recipients import clean_address

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS accounts (
        username TEXT PRIMARY KEY,
        display_name TEXT NOT NULL,
        role TEXT NOT NULL,
        password_hash TEXT NOT NULL,
        session_version INTEGER NOT NULL DEFAULT 1,
        created_at TEXT NOT NULL,
        teams TEXT NOT NULL DEFAULT '[]',
        address TEXT NOT NULL DEFAULT '',
        tutor_id TEXT NOT NULL DEFAULT ''
    ) WITHOUT ROWID
"""
_COLUMNS = "username, display_name, role, session_version, created_at, teams, address, tutor_id"
_TEAMS = _COLUMNS.split(", ").index("teams")
_NO_PASSWORD = ""  # no hash: the login service alone lets this account in


@dataclass(frozen=True)
class Account:
    """One person's account. Logins that carry another `session_version` are over.

    `teams` are the managers whose tutors this person sees, by address; none for all tutors.
    `address` is where letters to this person go; empty when it is not known. `tutor_id` is who a
    tutor is among the tutors.
    """

    username: str
    display_name: str
    role: Role
    session_version: int
    created_at: str
    teams: tuple[str, ...] = ()
    address: str = ""
    tutor_id: str = ""


def create_account(
    path: Path,
    username: str,
    password: str | None,
    role: str,
    now: datetime,
    display_name: str | None = None,
) -> Account:
    """Returns the new account; the username is kept in lower case. None: no password opens it.

    Raises:
        BadInput: the username, password or role cannot be used.
        Conflict: the username is taken.
    """
    name = _normal(username)
    _refuse_unusable(name, password, role)
    kept = _NO_PASSWORD if password is None else hash_password(password)
    row = (name, display_name or username, role, kept, now.isoformat())
    try:
        with _store(path) as store:
            store.execute(
                "INSERT INTO accounts (username, display_name, role, password_hash, created_at) "
                "VALUES (?, ?, ?, ?, ?)",
                row,
            )
    except sqlite3.IntegrityError:
        raise Conflict("This username is taken. Choose another one.") from None
    return Account(name, display_name or username, cast(Role, role), 1, now.isoformat())


def list_accounts(path: Path) -> list[Account]:
    """Returns all accounts by username."""
    with _store(path) as store:
        rows = store.execute(f"SELECT {_COLUMNS} FROM accounts ORDER BY username")
        return [_account(row) for row in rows]


def find_account(path: Path, username: str) -> Account | None:
    """Returns the account called `username`, or None."""
    with _store(path) as store:
        query = f"SELECT {_COLUMNS} FROM accounts WHERE username = ?"
        row = store.execute(query, [_normal(username)]).fetchone()
    return _account(row) if row else None


def set_password(path: Path, username: str, password: str) -> None:
    """Changes the password and ends every login of the account.

    Raises:
        BadInput: the password is too short.
        NotFound: nobody is called `username`.
    """
    refuse_short(password)
    with _store(path) as store:
        changed = store.execute(
            "UPDATE accounts SET password_hash = ?, session_version = session_version + 1 "
            "WHERE username = ?",
            [hash_password(password), _normal(username)],
        )
        if not changed.rowcount:
            raise NotFound("Nobody has this username. See: workbench user list")


def set_role(path: Path, username: str, role: Role) -> None:
    """Gives the account another role and ends its logins, which still carry the old one."""
    with _store(path) as store:
        store.execute(
            "UPDATE accounts SET role = ?, session_version = session_version + 1 "
            "WHERE username = ? AND role <> ?",
            [role, _normal(username), role],
        )


def set_teams(path: Path, username: str, teams: Iterable[str]) -> None:
    """Lets the account see the tutors of these managers only, from its next request on.

    Raises:
        BadInput: a team is no address.
        NotFound: nobody is called `username`.
    """
    chosen = sorted({team.strip().lower() for team in teams})
    if not all(_ADDRESS.fullmatch(team) for team in chosen):
        raise BadInput("A team is the address of a tutor's manager, such as maria@company.example.")
    _set(path, username, "teams", json.dumps(chosen))


def set_address(path: Path, username: str, address: str) -> None:
    """Says where letters to this person go; they choose on the page Settings which ones.

    Raises:
        BadInput: this is no address.
        NotFound: nobody is called `username`.
    """
    _set(path, username, "address", clean_address(address) if address else "")


def set_tutor(path: Path, username: str, tutor_id: str) -> None:
    """Says which tutor an account of the role tutor is; the person sees nobody else.

    Raises:
        NotFound: nobody is called `username`.
    """
    _set(path, username, "tutor_id", tutor_id.strip())


def _set(path: Path, username: str, column: str, value: str) -> None:
    with _store(path) as store:
        query = f"UPDATE accounts SET {column} = ? WHERE username = ?"
        if not store.execute(query, [value, _normal(username)]).rowcount:
            raise NotFound("Nobody has this username. See: workbench user list")


def end_logins(path: Path, username: str) -> None:
    """Ends every login of the account, on every device."""
    with _store(path) as store:
        store.execute(
            "UPDATE accounts SET session_version = session_version + 1 WHERE username = ?",
            [_normal(username)],
        )


def remove_account(path: Path, username: str) -> None:
    """Takes the account away, and with it every login; what the person did stays told.

    Raises:
        NotFound: nobody is called `username`.
    """
    with _store(path) as store:
        query = "DELETE FROM accounts WHERE username = ?"
        if not store.execute(query, [_normal(username)]).rowcount:
            raise NotFound("Nobody has this username. See: workbench user list")


def check_password(path: Path, username: str, password: str) -> Account | None:
    """Returns the account when the password is right; takes as long when nobody has that name."""
    with _store(path) as store:
        query = "SELECT password_hash FROM accounts WHERE username = ?"
        row = store.execute(query, [_normal(username)]).fetchone()
    kept = row[0] if row else _NO_PASSWORD
    is_right = is_password(kept or _NOBODY, password)
    return find_account(path, username) if kept and is_right else None


def _account(row: tuple[Any, ...]) -> Account:
    account = Account(*row)
    own = account.username if "@" in account.username else ""
    teams = tuple(json.loads(row[_TEAMS]))
    return replace(account, teams=teams, address=account.address or own)


def _refuse_unusable(name: str, password: str | None, role: str) -> None:
    if not _USERNAME.fullmatch(name):
        raise BadInput("Use up to 64 letters, digits and . _ @ - for the username.")
    if role not in get_args(Role):
        raise BadInput(f"Choose one of these roles: {', '.join(get_args(Role))}.")
    if password is not None:
        refuse_short(password)


def _normal(username: str) -> str:
    return username.strip().lower()


_NOBODY = hash_password("the password of nobody")


@contextmanager
def _store(path: Path) -> Iterator[sqlite3.Connection]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with closing(sqlite3.connect(path, timeout=2)) as connection, connection:
        connection.execute(_SCHEMA)
        _add_columns(connection)
        yield connection


def _add_columns(store: sqlite3.Connection) -> None:
    # accounts of an earlier version lack these
    columns = {row[1] for row in store.execute("PRAGMA table_info(accounts)")}
    for name, empty in {"teams": "[]", "address": "", "tutor_id": ""}.items():
        if name not in columns:
            store.execute(f"ALTER TABLE accounts ADD COLUMN {name} TEXT NOT NULL DEFAULT '{empty}'")
