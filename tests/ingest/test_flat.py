"""The quick yes to plain records: never a yes where the careful way says no."""

from __future__ import annotations

import json
import random
from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from ingest import flat
from ingest.openapi import EXAMPLES
from ingest.records import KINDS, Entry, check_records
from ingest.strict_json import JsonFault, parse_object

CASES = 20_000
ODD: list[Any] = [
    *(
        "",
        " ",
        "a",
        "a b",
        "x" * 201,
        "é" * 100,
        "0",
        "-1",
        "null",
        "\n",
        "\x7f",
        "America/Chicago",
    ),
    *("2026-11-22T16:00:00-05:00", "2026-11-22T16:00:00Z", "2026-11-22 16:00:00Z", "2026-11-22"),
    *(
        "2026-11-22T16:00:00",
        "1999-12-31T23:59:59Z",
        "2100-01-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
    ),
    *(
        "2026-11-22T16:00:00.123456789Z",
        "2026-11-22t16:00:00z",
        "2026-11-22T24:00:00Z",
        "completed",
    ),
    *(None, True, False, 0, 1, 5, 6, -1, 2**31, 2**64, 1.0, 2.5, 1e300, [], {}, ["a"], {"a": 1}),
]


def _changed(record: dict[str, Any], chance: random.Random) -> bytes:
    """Returns the record with a few fields changed, added or doubled, in some way of writing."""
    names = [*record, "sent_at", "booked_at", "student_rating", "unknown", "version", "left_on"]
    changed = record | {
        chance.choice(names): chance.choice(ODD) for _ in range(chance.randrange(3))
    }
    if chance.random() < 0.3:
        changed.pop(chance.choice(list(changed)))
    items = list(changed.items())
    chance.shuffle(items)
    text = json.dumps(
        dict(items), ensure_ascii=chance.random() < 0.5, indent=chance.choice([None, 1])
    )
    if chance.random() < 0.2:
        name, value = chance.choice([*items, ("a", 1)])
        text = text[: text.rindex("}")] + f", {json.dumps(name)} : {json.dumps(value)}}}"
    if chance.random() < 0.05:
        place = chance.randrange(len(text))
        text = (
            text[:place] + chance.choice(["\x00", '"', "\\", ",", "\ud800", "NaN"]) + text[place:]
        )
    return text.encode(errors="surrogatepass")


@pytest.mark.parametrize("name", sorted(KINDS))
def test_nothing_passes_quickly_that_would_not_pass_carefully(name: str) -> None:
    kind, chance, passed = KINDS[name], random.Random(20261122), 0
    for _ in range(CASES):
        raw = _changed(EXAMPLES[name], chance)
        if (flat := kind.read_flat(raw)) is None:
            continue
        passed += 1
        try:
            value = parse_object(raw)
            kind.validate(raw)
        except (JsonFault, ValidationError) as error:
            raise AssertionError(raw) from error
        assert flat[:2] == (value[kind.key], value.get("version", 1))
    if name != "tutors":  # a list of subjects is nested, so profiles go the careful way
        assert CASES / 10 < passed < CASES / 2


def test_plain_sessions_do_pass_quickly() -> None:
    assert KINDS["sessions"].read_flat(orjson.dumps(EXAMPLES["sessions"]))


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"subject": "caf\u00e9"},
        {"version": 1},
        {"sent_at": "2026-11-22T23:00:00Z"},
        {"booked_at": None},
        {"mood": "good"},
        {"reschedule": {"initiator": "tutor", "requested_at": "2026-11-20T10:00:00Z"}},
    ],
)
def test_content_is_the_same_however_it_is_written(change: dict[str, Any]) -> None:
    record = EXAMPLES["sessions"] | change
    ways = [
        orjson.dumps(record),
        json.dumps(dict(reversed(record.items())), indent=2).encode(),
        json.dumps(record).replace("tutor-204", "tutor-\\u00320\\u0034").encode(),
    ]
    entries, refusals = check_records(KINDS["sessions"], ways)
    assert refusals == [] and all(isinstance(entry, Entry) for entry in entries)
    assert len({entry.digest for entry in entries}) == 1


def test_other_content_is_told_apart() -> None:
    changes: list[dict[str, Any]] = [{}, {"subject": "art"}, {"subject": None}, {"mood": None}]
    raws = [orjson.dumps(EXAMPLES["sessions"] | change) for change in changes]
    entries, _ = check_records(KINDS["sessions"], raws)
    assert len({entry.digest for entry in entries}) == len(changes)


def test_what_strangers_send_is_not_remembered_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(flat, "_MOST_KNOWN", 3)
    known = flat._Known(str.isalnum)
    assert known["a"] and known[None] and not known["-"]
    assert known["x" * 1_000] and set(known) == {"a", None}
    assert known["b"] and known["c"] and set(known) == {"c"}
