"""The kinds of record that come in, and the check that one record passes or fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson
from pydantic import ValidationError

from core.contract import ID_PATTERN, FlagAction, Record, Session, Tutor
from core.lake import FLAG_ACTIONS, SESSIONS, TRANSCRIPTS, TUTORS, Dataset
from ingest.advice import RowError, row_errors
from ingest.strict_json import JsonFault, parse_object

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

    @property
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
    digest: bytes
    raw: bytes
    extra: bytes | None


class Refusal(NamedTuple):
    """A record that did not pass, byte for byte, with the reasons."""

    place: int
    key: str | None
    raw: bytes
    errors: list[RowError]


def check_records(kind: Kind, raws: list[bytes]) -> tuple[list[Entry], list[Refusal]]:
    """Returns the records that passed and those that did not, each with its place in the batch."""
    entries: list[Entry] = []
    refusals: list[Refusal] = []
    validate, key, known = kind.validate, kind.key, kind.model.model_fields.keys()
    for index, raw in enumerate(raws):
        value: dict[str, Any] = {}
        try:
            value = parse_object(raw)
            validate(raw)
            entries.append(_entry(index, raw, value, key, known))
        except JsonFault as fault:
            refusals.append(Refusal(index, None, raw, [fault.row_error]))
        except ValidationError as error:
            refusals.append(Refusal(index, _readable(value.get(key)), raw, row_errors(error)))
    return entries, refusals


def _entry(index: int, raw: bytes, value: dict[str, Any], key: str, known: Any) -> Entry:
    extra = None
    if not value.keys() <= known:
        extra = orjson.dumps({name: value[name] for name in value if name not in known})
    value.pop("sent_at", None)  # belongs to the sending: a retry may carry another one
    version = value.setdefault("version", 1)
    content = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return Entry(
        index,
        value[key],
        version,
        blake2b(content, digest_size=16).digest(),
        raw,
        extra,
    )


def _readable(key: object) -> str | None:
    return key if isinstance(key, str) and _SAFE_KEY.fullmatch(key) else None
