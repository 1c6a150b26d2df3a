"""The kinds of record that come in, and the check that one record passes or fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple

import orjson
from pydantic import ValidationError

from core.contract import ID_PATTERN, FlagAction, Record, Session, Tutor
from core.lake import FLAG_ACTIONS, SESSIONS, TRANSCRIPTS, TUTORS, Dataset
from ingest.advice import RowError, row_errors
from ingest.flat import FlatReader
from ingest.strict_json import SYNTAX_FAULTS, JsonFault, parse_object

DIGEST_LENGTH = 32  # hexadecimal digits: 128 bits
_SAFE_KEY = re.compile(ID_PATTERN)


@dataclass(frozen=True)
class Kind:
    """One kind of record: its plural name, its model, and the datasets it feeds."""

    name: str
    model: type[Record]
    datasets: tuple[Dataset, ...]

    @property
    def key(self) -> str:
        return self.datasets[0].key

    @cached_property
    def read_flat(self) -> Callable[[bytes], tuple[str, int, bytes] | None]:
        return FlatReader(self.model, self.key).read

    @cached_property
    def validate(self) -> Callable[[bytes], object]:
        return self.model.__pydantic_validator__.validate_json

    def normalise(self, raw: bytes) -> bytes:
        """Returns the record as its model writes it: every moment in the one plain form."""
        return self.model.model_validate_json(raw).model_dump_json(exclude_unset=True).encode()


KINDS = {
    kind.name: kind
    for kind in (
        Kind("sessions", Session, (SESSIONS, TRANSCRIPTS)),
        Kind("tutors", Tutor, (TUTORS,)),
        Kind("flag-actions", FlagAction, (FLAG_ACTIONS,)),
    )
}


class Entry(NamedTuple):
    """A record that passed. `digest` stands for its content whatever the order of its keys."""

    place: int
    key: str
    version: int
    digest: str
    raw: bytes
    extra: bytes | None = None


class Refusal(NamedTuple):
    """A record that did not pass, byte for byte, with the reasons."""

    place: int
    key: str | None
    raw: bytes
    errors: list[RowError]

    @property
    def is_unreadable(self) -> bool:
        return self.errors[0]["code"] in SYNTAX_FAULTS


def check_records(kind: Kind, raws: list[bytes]) -> tuple[list[Entry], list[Refusal]]:
    """Returns the records that passed and those that did not, each with its place in the batch."""
    entries: list[Entry] = []
    refusals: list[Refusal] = []
    read_flat = kind.read_flat
    for place, raw in enumerate(raws):
        if flat := read_flat(raw):
            key, version, content = flat
            entries.append(Entry(place, key, version, _digest(content), raw))
            continue
        checked = _check_carefully(kind, place, raw)
        entries.append(checked) if isinstance(checked, Entry) else refusals.append(checked)
    return entries, refusals


def _check_carefully(kind: Kind, place: int, raw: bytes) -> Entry | Refusal:
    value: dict[str, Any] = {}
    try:
        value = parse_object(raw)
        kind.validate(raw)
    except JsonFault as fault:
        return Refusal(place, None, raw, [fault.row_error])
    except ValidationError as error:
        return Refusal(place, _readable(value.get(kind.key)), raw, row_errors(error))
    unknown = {name: value[name] for name in value if name not in kind.model.model_fields}
    return Entry(
        place,
        value[kind.key],
        value.get("version", 1),
        _digest(_content(kind, value)),
        raw,
        orjson.dumps(unknown) if unknown else None,
    )


def _content(kind: Kind, value: dict[str, Any]) -> bytes:
    # the same record may come plainly another time, so it must have the same content here and there
    if flat := kind.read_flat(orjson.dumps(value)):
        return flat[2]
    told = {name: value[name] for name in value if name not in ("version", "sent_at")}
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()[:DIGEST_LENGTH]


def _readable(key: object) -> str | None:
    return key if isinstance(key, str) and _SAFE_KEY.fullmatch(key) else None
