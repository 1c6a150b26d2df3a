"""Reads one JSON object and names what is wrong with it; lenient about nothing.

orjson is fast and refuses most of what must be refused. It keeps the last of two equal keys, lets
NUL pass and turns integers beyond 64 bits into floats. A record that is plainly flat cannot hide
any of these; every other one is read a second time by the slower checker.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

import orjson

from ingest.advice import RowError

MAX_DEPTH = 32
FAULTS = {
    "json_invalid": "This is not valid JSON. Send one JSON object, in UTF-8.",
    "not_utf8": "The bytes are not UTF-8. Send UTF-8 without a byte order mark.",
    "trailing_data": "There is more after the JSON object. Send one object a line, as "
    "application/x-ndjson, or a JSON array.",
    "not_an_object": "A record is a JSON object. Send {...}.",
    "duplicate_key": "The same key stands twice in one object. Send each key once.",
    "not_a_number": "NaN and Infinity are not JSON. Send null where there is no number.",
    "number_too_large": "A number does not fit into 64 bits. Send long ids as text, in quotes.",
    "nul_character": "The text holds a NUL character (U+0000). Remove it.",
    "lone_surrogate": "The text holds half of a UTF-16 pair (U+D800 to U+DFFF). Send whole "
    "characters.",
    "too_deep": f"Objects and arrays are nested deeper than {MAX_DEPTH}. Send a flatter record.",
}
SYNTAX_FAULTS = {"json_invalid", "not_utf8", "trailing_data"}
_FLAT = {str, int, bool, type(None)}


class JsonFault(ValueError):
    """One record cannot be read. `code` is a key of FAULTS."""

    def __init__(self, code: str) -> None:
        super().__init__(FAULTS[code])
        self.code = code

    @property
    def row_error(self) -> RowError:
        return RowError(pointer="", code=self.code, detail=FAULTS[self.code])


def parse_object(raw: bytes) -> dict[str, Any]:
    """Returns the JSON object in `raw`.

    Raises:
        JsonFault: it is not exactly one JSON object, or holds something that would not survive.
    """
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        value = None
    if type(value) is not dict or not _is_plainly_flat(raw, value):
        _read_slowly(raw)
        if type(value) is not dict:
            raise JsonFault("json_invalid" if value is None else "not_an_object")
    return value


def _is_plainly_flat(raw: bytes, value: dict[str, Any]) -> bool:
    kinds = [type(item) for item in value.values()]
    # Without escapes every quote opens or closes a key or a text: one more pair means a key that
    # was sent twice. Without a backslash there is no NUL either, without floats no lost integer.
    return (
        b"\\" not in raw
        and _FLAT.issuperset(kinds)
        and raw.count(b'"') == 2 * (len(kinds) + kinds.count(str))
    )


def _read_slowly(raw: bytes) -> None:
    if b"\0" in raw:
        raise JsonFault("nul_character")
    try:
        value = _DECODER.decode(raw.decode())
    except UnicodeDecodeError:
        raise JsonFault("not_utf8") from None
    except RecursionError:
        raise JsonFault("too_deep") from None
    except json.JSONDecodeError as error:
        is_trailing = error.msg.startswith("Extra data")
        raise JsonFault("trailing_data" if is_trailing else "json_invalid") from None
    if type(value) is not dict:
        raise JsonFault("not_an_object")
    if b"\\u" in raw or raw.count(b"{") + raw.count(b"[") > MAX_DEPTH:
        for text in _texts(value):
            _check_text(text)


def _texts(root: object) -> Iterator[str]:
    level: list[object] = [root]
    for _ in range(MAX_DEPTH + 1):
        yield from (item for item in level if isinstance(item, str))
        level = [
            part
            for item in level
            if isinstance(item, dict | list)
            for part in (item if isinstance(item, list) else [*item.keys(), *item.values()])
        ]
    if level:
        raise JsonFault("too_deep")


def _check_text(text: str) -> None:
    if "\0" in text:
        raise JsonFault("nul_character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise JsonFault("lone_surrogate") from None


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise JsonFault("duplicate_key")
    return members


def _refuse_constant(_: str) -> NoReturn:
    raise JsonFault("not_a_number")


def _integer(digits: str) -> int:
    if len(digits) > 20 or not -(2**63) <= int(digits) < 2**64:
        raise JsonFault("number_too_large")
    return int(digits)


def _real(digits: str) -> float:
    number = float(digits)
    if abs(number) == float("inf"):
        raise JsonFault("number_too_large")
    return number


_DECODER = json.JSONDecoder(
    object_pairs_hook=_once_each,
    parse_constant=_refuse_constant,
    parse_int=_integer,
    parse_float=_real,
)
