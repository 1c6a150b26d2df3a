"""Who gets letters, and which: a store that the command line, the web and the runner share."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from core.choices import Choices, make_choices
from core.errors import BadInput, NotFound

EVER = datetime.min.replace(tzinfo=UTC)
_SCHEMA = """
    pragma journal_mode = wal;
    create table if not exists recipients (
        address text primary key,
        token text not null unique,
        is_of_settings integer not null,
        since text not null,
        listed_at text not null,
        choices text not null
    ) strict;
"""


class Recipient(BaseModel):
    """One address, the secret of its links, and its choices.

    It gets what is received from `since` on; `listed_at` is when it came to the list.
    """

    model_config = ConfigDict(frozen=True)

    address: str
    token: str
    is_of_settings: bool
    since: datetime
    listed_at: datetime
    choices: Choices


class Recipients:
    """The list in one SQLite file, for any process; each method is one transaction."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> list[Recipient]:
        """Returns everybody on the list by address."""
        with self._store("begin") as store:
            return [_recipient(*row) for row in store.execute(_SELECT + " order by address")]

    def find(self, address: str) -> Recipient:
        """Returns who has `address`.

        Raises:
            NotFound: nobody on the list has it.
        """
        return self._one("address", clean_address(address))

    def by_token(self, token: str) -> Recipient:
        """Returns whose letters carry `token` in their links.

        Raises:
            NotFound: nobody has it, or no longer.
        """
        return self._one("token", token)

    def add(self, address: str, choices: Choices, now: datetime) -> Recipient:
        """Returns the new recipient, who gets what is received from `now` on.

        Raises:
            BadInput: this is no address, or it is on the list already.
        """
        row = _row(address, choices, now, now, is_of_settings=False)
        with self._store() as store:
            if not store.execute(_INSERT, row).rowcount:
                raise BadInput("This address is on the list. Change it with: recipients set")
        return _recipient(*row)

    def choose(self, address: str, **changes: object) -> Recipient:
        """Returns the recipient with `changes` made to its choices.

        Raises:
            NotFound: nobody on the list has `address`.
            BadInput: a choice is not possible.
        """
        with self._store() as store:
            found = self._one("address", clean_address(address), store)
            choices = make_choices(**found.choices.model_dump() | changes)
            store.execute(
                "update recipients set choices = ? where address = ?",
                (_dump(choices), found.address),
            )
        return found.model_copy(update={"choices": choices})

    def remove(self, address: str) -> None:
        """Takes an address off the list.

        Raises:
            NotFound: nobody on the list has it.
            BadInput: WORKBENCH_MAIL_RECIPIENTS would bring it back.
        """
        with self._store() as store:
            found = self._one("address", clean_address(address), store)
            if found.is_of_settings:
                raise BadInput(
                    "WORKBENCH_MAIL_RECIPIENTS names this address. Take it out there, or: "
                    f"workbench recipients set {found.address} --mode off"
                )
            store.execute("delete from recipients where address = ?", (found.address,))

    def follow_settings(self, addresses: Iterable[str], choices: Choices, now: datetime) -> None:
        """Makes those that the settings name part of the list, and lets go who is named no more.

        The first on a list get everything live, since sessions may come before this is called.
        """
        named = {clean_address(address) for address in addresses}
        with self._store() as store:
            since = now if store.execute(_SELECT).fetchone() else EVER
            known = {address for (address,) in store.execute(_OF_SETTINGS)}
            for address in known - named:
                store.execute("delete from recipients where address = ?", (address,))
            for address in sorted(named - known):
                row = _row(address, choices, since, now, is_of_settings=True)
                store.execute(_INSERT, row)

    def _one(self, column: str, value: str, store: sqlite3.Connection | None = None) -> Recipient:
        if store is None:
            with self._store("begin") as own:
                return self._one(column, value, own)
        if not (row := store.execute(f"{_SELECT} where {column} = ?", (value,)).fetchone()):
            raise NotFound("Nobody on the list of recipients. See: workbench recipients list")
        return _recipient(*row)

    @contextmanager
    def _store(self, begin: str = "begin immediate") -> Iterator[sqlite3.Connection]:
        # the file holds addresses: its folder is for its owner alone
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with closing(sqlite3.connect(self._path, timeout=10, isolation_level=None)) as store:
            store.executescript(_SCHEMA)
            store.execute(begin)
            try:
                yield store
            except BaseException:
                store.execute("rollback")
                raise
            store.execute("commit")


_SELECT = "select address, token, is_of_settings, since, listed_at, choices from recipients"
_INSERT = "insert into recipients values (?, ?, ?, ?, ?, ?) on conflict do nothing"
_OF_SETTINGS = "select address from recipients where is_of_settings"


def clean_address(address: str) -> str:
    """Returns `address` without space around it.

    Raises:
        BadInput: it is none.
    """
    address = address.strip()
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or any(sign.isspace() or sign in "<>," for sign in address):
        raise BadInput("An address looks like ann@company.example")
    return address


def _row(
    address: str, choices: Choices, since: datetime, now: datetime, *, is_of_settings: bool
) -> tuple[str, str, int, str, str, str]:
    token = secrets.token_urlsafe(16)
    stamps = since.isoformat(), now.isoformat()
    return clean_address(address), token, int(is_of_settings), *stamps, _dump(choices)


def _recipient(
    address: str, token: str, is_of_settings: int, since: str, listed_at: str, choices: str
) -> Recipient:
    return Recipient(
        address=address,
        token=token,
        is_of_settings=bool(is_of_settings),
        since=datetime.fromisoformat(since),
        listed_at=datetime.fromisoformat(listed_at),
        choices=Choices.model_validate_json(choices),
    )


def _dump(choices: Choices) -> str:
    return choices.model_dump_json()
