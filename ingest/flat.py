"""A quick yes to plain records: msgspec types made from the contract's own models.

Reading a flat record so takes a third of what its model takes, and writing it again gives its
content in one form. What is not plainly good here is not refused: it goes the careful way, through
the model, which finds every error and words it. A test holds that nothing passes here that would
not pass there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial, reduce
from inspect import isclass
from operator import attrgetter, or_
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import UNSET
from pydantic import AfterValidator, AwareDatetime, BaseModel
from pydantic_core import PydanticCustomError

from core.contract import EARLIEST, LATEST, Record

_LIMITS = ("min_length", "max_length", "ge", "le")
_MOST_KNOWN, _LONGEST_KNOWN = 10_000, 128  # a bound on what strangers can make us remember


class _Known(dict[Any, bool]):
    """Whether a text fits, remembered: the same tutors, students and zones come again and again."""

    def __init__(self, fits: Callable[[str], object]) -> None:
        self._fits = fits

    def __missing__(self, value: object) -> bool:
        text = value if isinstance(value, str) else ""
        fits = text is not value or bool(self._fits(text))
        if fits and len(text) <= _LONGEST_KNOWN:
            if len(self) >= _MOST_KNOWN:
                self.clear()
            self[value] = True
        return fits


class FlatReader:
    """Reads the records of one model that are one flat, valid JSON object without any escape."""

    def __init__(self, model: type[Record], key: str) -> None:
        hints = get_type_hints(model, include_extras=True)
        hints = {name: hints[name] for name in model.model_fields}
        moments = [name for name in hints if AwareDatetime in _parts(hints[name])]
        self._decode = msgspec.json.Decoder(_flat_type(model, hints)).decode
        self._encode = msgspec.json.Encoder().encode
        self._key = attrgetter(key)
        self._moments = attrgetter(moments[0], *moments)  # twice, to get a tuple of one as well
        self._in_order = [
            (moments.index(start) + 1, moments.index(end) + 1) for start, end in model.in_order
        ]
        self._known = [
            (attrgetter(name), _Known(fits))
            for name, hint in hints.items()
            for fits in _checks(hint)
        ]

    def read(self, raw: bytes) -> tuple[str, int, bytes] | None:
        """Returns key, version and content, or None when the careful way has to tell what it is.

        The content leaves out `version`, which is part of the key, and `sent_at`, which belongs to
        the sending; it is the same for other orders of keys and other white space.
        """
        if b"\\" in raw:
            return None
        try:
            record = self._decode(raw)
            return self._content(record, raw) if self._is_valid(record) else None
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return None

    def _is_valid(self, record: Any) -> bool:
        moments = self._moments(record)
        told = [moment for moment in moments if moment]
        if told and not (min(told) >= EARLIEST and max(told) < LATEST):
            return False
        for start, end in self._in_order:
            if moments[start] and moments[end] and moments[end] < moments[start]:
                return False
        for value_of, known in self._known:  # noqa: SIM110  a generator costs a microsecond
            if not known[value_of(record)]:
                return False
        return True

    def _content(self, record: Any, raw: bytes) -> tuple[str, int, bytes] | None:
        quotes, version = 0, record.version
        if version is not UNSET:
            quotes, record.version = 2, UNSET
        if record.sent_at is not UNSET:
            quotes += 4 if record.sent_at else 2
            record.sent_at = UNSET
        content = self._encode(record)
        # two quotes for each key and each text: more of them are a key that was sent twice
        if content.count(b'"') + quotes != raw.count(b'"'):
            return None
        return self._key(record), version or 1, content


def _flat_type(model: type[Record], hints: dict[str, Any]) -> type[msgspec.Struct]:
    fields: list[Any] = []
    for name, field in model.model_fields.items():
        kind = _flat(hints[name])
        fields.append(
            (name, kind) if field.is_required() else (name, kind | msgspec.UnsetType, UNSET)
        )
    return msgspec.defstruct(
        model.__name__, fields, forbid_unknown_fields=True, kw_only=True, gc=False
    )


def _flat(hint: Any) -> Any:
    if get_origin(hint) is Annotated:
        kind, *marks = get_args(hint)
        limits = _limits(marks) if _flat(kind) in (str, int) else {}
        return Annotated[_flat(kind), msgspec.Meta(**limits)] if limits else _flat(kind)
    if get_origin(hint) in (Union, UnionType):
        return reduce(or_, map(_flat, get_args(hint)))
    if hint is AwareDatetime:
        return Annotated[datetime, msgspec.Meta(tz=True)]
    if get_origin(hint) is list or (isclass(hint) and issubclass(hint, BaseModel)):
        return msgspec.UnsetType  # absent, or it goes the careful way
    return hint


def _limits(marks: list[Any]) -> dict[str, Any]:
    sources = [source for mark in marks for source in (mark, *getattr(mark, "metadata", ()))]
    return {
        name: getattr(source, name)
        for source in sources
        for name in _LIMITS
        if getattr(source, name, None) is not None
    }


def _checks(hint: Any) -> Iterator[Callable[[str], object]]:
    for part in _parts(hint):
        if isinstance(part, AfterValidator):
            yield partial(_passes, part.func)
        if pattern := getattr(part, "pattern", None):
            yield re.compile(pattern).fullmatch


def _passes(check: Callable[..., object], text: str) -> bool:
    try:
        return check(text) == text
    except PydanticCustomError:
        return False


def _parts(hint: Any) -> Iterator[Any]:
    yield hint
    for part in get_args(hint):
        yield from _parts(part)
