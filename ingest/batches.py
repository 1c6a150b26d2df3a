"""One request's records on their way into the journal, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter

import orjson

from ingest.records import Entry, Refusal


def seen_key(kind: str, key: str, version: int) -> str:
    """Returns the key in `seen`: in the order of the ids, so that new ones lie together."""
    return f"{kind[0]}{key}" if version == 1 else f"{kind[0]}{key} {version}"


@dataclass(slots=True)  # not frozen: that would double the time to make one
class Batch:
    """One request's records, checked. `received_at` is RFC 3339 in UTC."""

    kind: str
    entries: list[Entry]
    refusals: list[Refusal]
    request_id: str
    sender: str
    received_at: str
    is_backfill: bool = False
    is_strict: bool = False
    is_dry_run: bool = False
    idempotency_key: str | None = None
    body_digest: str = ""

    @property
    def is_plain(self) -> bool:
        return not (self.refusals or self.is_strict or self.is_dry_run)

    def seen_key(self, entry: Entry) -> str:
        return seen_key(self.kind, entry.key, entry.version)

    def lines(self, entries: list[Entry]) -> bytes:
        """Returns the records with where they came from, each as one line of JSON."""
        origin = orjson.dumps(
            {
                "received_at": self.received_at,
                "request_id": self.request_id,
                "sender": self.sender,
                "is_backfill": self.is_backfill,
            }
        )
        before = b'%b,"record":' % origin[:-1]
        plain = before + (b"}\n" + before).join([entry.raw for entry in entries]) + b"}"
        is_plain = plain.count(b"\n") == len(entries) - 1 and b"\r" not in plain
        if is_plain and not any(map(attrgetter("extra"), entries)):
            return plain
        return b"\n".join([_line(origin[:-1], entry) for entry in entries])


def _line(origin: bytes, entry: Entry) -> bytes:
    # Between tokens a line break means nothing, and within a text JSON does not allow one.
    record = entry.raw.translate(None, b"\r\n")
    extra = b'"extra":%b,' % entry.extra if entry.extra else b""
    return b'%b,%b"record":%b}' % (origin, extra, record)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a batch. `conflicts` passed the check but contradict what is stored."""

    accepted: int
    duplicates: int = 0
    conflicts: list[Refusal] = field(default_factory=list)
    is_replayed: bool = False
