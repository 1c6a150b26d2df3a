"""Letters to operators about the workbench itself: owed once for each key, however often told."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from flows.emails.outbox import Outbox

_SCHEMA = """
    create table if not exists alerts (
        key text not null,
        recipient text not null,
        domain text not null,
        headline text not null,
        lines text not null,
        url text,
        created_at text not null,
        primary key (key, recipient)
    ) strict
"""
_OWE = """
    insert or ignore into alerts
    select :key, address, :domain, :headline, :lines, :url, :now from recipients
"""


@dataclass(frozen=True)
class Alert:
    """What operators are told; `key` names the trouble, so that it is told once."""

    key: str
    headline: str
    lines: tuple[str, ...]
    url: str | None


def owe_alert(outbox_path: Path, alert: Alert, domain: str, now: datetime) -> int:
    """Returns how many letters are newly owed: one per operator, none for a key that was told."""
    with Outbox(outbox_path):
        pass  # leaves the outbox's tables there
    values = asdict(alert) | {"lines": "\n".join(alert.lines)}
    values |= {"domain": domain, "now": now.isoformat()}
    with closing(sqlite3.connect(outbox_path, timeout=10)) as connection, connection:
        connection.execute(_SCHEMA)
        return connection.execute(_OWE, values).rowcount
