"""Requests that nobody should send: some made by hand, class by class, others by chance.

In each, CANARY becomes a text that stands nowhere else, and NEW-ID the id of a new record.
"""

from __future__ import annotations

import gzip
import random
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice, product
from typing import Any

import orjson

from ingest.records import KINDS

JSON = ("Content-Type", b"application/json")
NDJSON = ("Content-Type", b"application/x-ndjson")
GZIP = ("Content-Encoding", b"gzip")
STRICT = ("Prefer", b"handling=strict")
CANARY, NEW_ID = b"CANARY", b"NEW-ID"
RECORDS: dict[str, dict[str, Any]] = {
    "sessions": {
        "session_id": "NEW-ID",
        "tutor_id": "t-1",
        "student_id": "u-1",
        "status": "completed",
        "scheduled_start": "2026-11-22T16:00:00-05:00",
        "scheduled_end": "2026-11-22T17:00:00-05:00",
        "subject": "CANARY",
    },
    "tutors": {
        "tutor_id": "NEW-ID",
        "display_name": "CANARY",
        "started_on": "2025-02-03",
        "time_zone": "America/Chicago",
    },
    "flag-actions": {"action_id": "NEW-ID", "flag_id": "CANARY", "action": "note"},
}
SESSION = orjson.dumps(RECORDS["sessions"])
RICH = orjson.dumps(
    RECORDS["sessions"]
    | {
        "reschedule": {"initiator": "tutor", "requested_at": "2026-11-20T09:00:00Z"},
        "transcript": [{"speaker": "tutor", "text": "CANARY", "at_seconds": 1.5}],
        "student_feedback": "CANARY",
        "booked_at": "2026-11-01T12:00:00.123456Z",
        "student_rating": 5,
        "unknown": {"CANARY": [1, -2.5, True, None]},
    }
)
_OPEN = SESSION[:-1]


def _as_sent(body: bytes) -> bytes:
    return body


@dataclass(frozen=True)
class Attack:
    """One request; `pack` makes the bytes that are sent from those that are meant."""

    name: str
    body: bytes = SESSION
    headers: tuple[tuple[str, bytes], ...] = (JSON,)
    path: str = "/v1/sessions"
    method: str = "POST"
    pack: Callable[[bytes], bytes] = _as_sent
    mark: str = ""

    def filled(self, number: int) -> Attack:
        """Returns the same with a marker and an id of its own, packed."""
        return replace(
            self,
            body=self.pack(_fill(self.body, number)),
            headers=tuple((name, _fill(value, number)) for name, value in self.headers),
            path=_fill(self.path.encode(), number).decode(),
            mark=_fill(CANARY, number).decode(),
        )


# What stands in every field in turn, and in one that the contract does not know.
_VALUES = [
    *[b'"CANARY"', b'["CANARY"]', b'{"CANARY":"CANARY"}', b'[[[["CANARY"]]]]', b'""', b"null"],
    *[b"-1", b"1.5", b"true", b"0", b"1e400", b"-1E999", b"1e-999", b"NaN", b"Infinity"],
    *[b"-Infinity", b"99999999999999999999", b"-9223372036854775809", b"9" * 5_000],
    *[b'"CANARY\\u0000"', b'"\\ud800CANARY"', b'"CANARY\\udc00\\ud800"', b'"CANARY\0"'],
    *[b'"\xc3\x28CANARY"', b'"\xed\xa0\x80CANARY"', b'"\xf5CANARY"', b'"\xc0\xafCANARY"'],
    *[b'"2026-11-22T16:00:00"', b'"2026-02-30T16:00:00Z"', b'"2026-11-22T25:00:00Z"'],
    *[b'"1999-12-31T23:59:59Z"', b'"2100-01-01T00:00:00Z"', b'"1763845200"', b"1763845200"],
    *[b'"2026-11-22T16:00:00+99:00"', b'"2026-11-22T16:00:00 America/CANARY"', b'"infinity"'],
    *[b'"\'; DROP TABLE seen; -- CANARY"', b'"1 OR 1=1"', b'"<script>CANARY</script>"'],
    *[b'"../../../etc/CANARY"', b'"${jndi:ldap://CANARY}"', b'"{{CANARY}}"', b'"%s%n CANARY"'],
    *[b'"CANARY\\r\\nSet-Cookie: x"', b'"\\u202eCANARY"', b'"' + b"CANARY " * 4_000 + b'"'],
]
# What comes after the fields of a good record.
_TAILS = [b',"x":' + value for value in _VALUES] + [
    *[b',"session_id":"other"', b',"\\u0073ession_id":"other"', b',"x":1,"x":"CANARY"'],
    *[b',"x":{"a":1,"a":"CANARY"}', b",'x':1", b',"x":01', b',"x":.5', b',"x":+1', b","],
    *[b',"\\ud800":1', b',"CANARY\\u0000":1', b',"\xff":1', b',"x":"\t"', b',"x":"\\x"'],
    *[b',"transcript":' + b"[" * n + b"]" * n for n in (31, 33, 300, 5_000, 200_000)],
    *[b',"x":' + b'{"CANARY":' * n + b"1" + b"}" * n for n in (31, 33, 300, 50_000)],
    b',"SESSION_ID":"CANARY","Status":1,"":{"":[]},"ingest_seq":1,"record":{},"extra":0',
]
_TEXTS = [_OPEN + tail + b"}" for tail in _TAILS] + [
    *[b"", b" ", b"[]", b"{}", b"null", b"1", b'"CANARY"', b"CANARY", b"'CANARY'", b'{"CANARY"}'],
    *[SESSION[:-1], SESSION[:40], SESSION[1:], b"[" + SESSION, SESSION + b"]"],
    *[SESSION + SESSION, SESSION + b"CANARY", b"[%b %b]" % (SESSION, SESSION)],
    *[b"[%b,]" % SESSION, b"[,%b]" % SESSION, b"/* CANARY */" + SESSION],
    *[b"\x0b" + SESSION, SESSION + b"\x0c", b"\xc2\xa0" + SESSION, b"\0" + SESSION],
    *[SESSION.replace(b'"', b"'"), SESSION.replace(b",", b",,")],
    *[b"[" * 100_000, b'{"a":' * 100_000, b'{"x":' + b"9" * 100_000 + b"}"],
]
_BAD = SESSION.replace(b"completed", b"CANARY")
_LINES = [
    *[SESSION + b" " + SESSION, SESSION + b"CANARY", SESSION + b"\0\n", b"[" + SESSION, b"\n\n"],
    *[_BAD + b"\n" + SESSION, SESSION + b"\n" + _BAD, SESSION + b"\r\n" + _BAD],
    *[SESSION + b"\n" + SESSION[:50], _BAD + b"\r" + _BAD, SESSION + b"\n[]\n1\nnull"],
    *[b"{}\n" * 5_000, b"{}\n" * 5_001, b"\n" * 500_000 + _BAD, SESSION + b"\x1e" + _BAD],
]
_WIDE = b"".join(b',"CANARY%d":%d' % (number, number) for number in range(20_000))
_LARGE = [
    *[_OPEN + _WIDE + b"}", b"{" + _WIDE[1:] + b"}", b"[" + b"{}," * 5_000 + b"{}]"],
    *[_OPEN + b',"x":"CANARY' + b"x" * 9 * 2**20 + b'"}', SESSION + b" " * 9 * 2**20],
    _OPEN + b',"x":0.' + b"9" * 7 * 2**20 + b"}",
    _OPEN + b',"transcript":[' + b'{"speaker":"","text":""},' * 20_000 + b"{}]}",
    _OPEN + b',"transcript":[' + b"{}," * 19_999 + b"{}]}",
]
_PACKS: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda body: gzip.compress(body)[:-9],
    "headless": lambda body: gzip.compress(body)[10:],
    "damaged": lambda body: gzip.compress(body)[:20] + b"\0\0" + gzip.compress(body)[22:],
    "a wrong sum": lambda body: gzip.compress(body)[:-8] + b"CANARY00",
    "plain": _as_sent,
    "twice": lambda body: gzip.compress(gzip.compress(body)),
    "with a tail": lambda body: gzip.compress(body) + b"CANARY",
    "a bomb": lambda body: gzip.compress(body + b" " * 2**26),
    "a bomb of parts": lambda body: gzip.compress(b" " * 2**20) * 64 + gzip.compress(body),
    "many parts": lambda body: gzip.compress(b"") * 400_000 + gzip.compress(body),
    "nothing": lambda _: b"",
}
_TYPES = [
    *[b"", b"CANARY", b"text/plain", b"application/xml", b"application/json-CANARY", b";", b"*/*"],
    *[b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=CANARY"],
    *[b"application/json; charset=latin-1", b"application/json; charset=CANARY"],
]
_ENCODINGS = [b"br", b"deflate", b"gzip, gzip", b"CANARY", b"zstd", b"x-gzip", b"gzip;q=0"]
_TOKENS = [b'{"alg":"none","kid":"CANARY"}', b'{"alg":"HS256","kid":[]}', b"[" * 9_000]
_ODD = [b"", b"CANARY", b"CANARY" * 2_000, b"\xff\xfeCANARY", b'"CANARY', b"CA\tB"]
_HEADERS = [
    *[("Content-Type", kind) for kind in _TYPES],
    *[("Content-Encoding", code) for code in _ENCODINGS],
    *[("Authorization", b"Bearer %b.e30.e30" % urlsafe_b64encode(text)) for text in _TOKENS],
    *[("Idempotency-Key", key) for key in (b"", b"\xffCANARY", b"CANARY" * 50, b'""', b"CA\tB")],
    *product(("X-Request-Id", "Prefer", "traceparent", "Authorization", "webhook-signature"), _ODD),
]
_NUMBERS = ["-1", "9223372036854775808", "9" * 30, "9" * 5_000, "1.5", "0x1", "CANARY", ""]
_KEYS = ["CANARY", "%00CANARY", "%ff%feCANARY", "'%20OR%201=1--CANARY", "..%2f..%2fCANARY"]
_READ = [
    *[f"/v1/quarantine/{number}" for number in _NUMBERS],
    *[f"/v1/quarantine?after={number}" for number in _NUMBERS],
    *[f"/v1/quarantine?limit={number}" for number in _NUMBERS],
    *[f"/v1/sessions/{key}/receipt" for key in _KEYS],
]
_WRITTEN = [
    *[f"/v1/quarantine/replay?upto={number}" for number in _NUMBERS],
    *["/CANARY", "/", "/v1/sessions/", "/v1/sessions/?x=CANARY", "/v1//sessions?CANARY"],
    *["/v1/sessions?dry_run=CANARY", "/v1/sessions?backfill=%ff", "/v1/sessions?dry_run"],
]
_METHODS = ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


def attacks(share: int, mutations: int) -> Iterator[Attack]:
    """Yields what is made by hand, of the wrong fields each `share`th; then so many by chance."""
    by_chance = [Attack(f"chance {n}", RICH, pack=partial(_mutated, n)) for n in range(mutations)]
    made = chain(_bodies(), islice(_fields(), 0, None, share), _requests(), by_chance)
    for number, attack in enumerate(made):
        yield attack.filled(number)


def _bodies() -> Iterator[Attack]:
    for number, body in enumerate(_TEXTS):
        yield Attack(f"text {number}", body)
        yield Attack(f"text {number} in an array", b"[" + body + b"]")
    for number, body in enumerate(_LINES):
        yield Attack(f"lines {number}", body, (NDJSON,))
        yield Attack(f"lines {number}, strict", body, (NDJSON, STRICT))
    yield from (Attack(f"large {number}", body) for number, body in enumerate(_LARGE))
    yield from (
        Attack(f"gzip: {name}", SESSION, (JSON, GZIP), pack=_PACKS[name]) for name in _PACKS
    )
    for code in ("utf-8-sig", "utf-16", "utf-16-le", "utf-32", "utf-7", "cp037"):
        yield Attack(f"in {code}", pack=partial(_recoded, code))


def _fields() -> Iterator[Attack]:
    for name, kind in KINDS.items():
        for field in kind.model.model_fields:
            record = orjson.dumps(RECORDS[name] | {field: "HERE"})
            for number, value in enumerate(_VALUES):
                body = record.replace(b'"HERE"', value)
                yield Attack(f"{name}.{field} {number}", body, path=f"/v1/{name}")


def _requests() -> Iterator[Attack]:
    yield Attack("of no type", headers=())
    for name, value in _HEADERS:
        yield Attack(f"{name}: {value[:20]!r}", headers=(JSON, (name, value)))
    yield from (Attack(f"GET {path[:40]}", b"", (), path, "GET") for path in _READ)
    yield from (Attack(f"POST {path[:40]}", path=path) for path in _WRITTEN)
    for method, path in product(_METHODS, ("/v1/sessions", "/v1/CANARY")):
        yield Attack(f"{method} {path}", path=path, method=method)


def _mutated(seed: int, body: bytes) -> bytes:
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 6)):
        start, end = sorted(chance.choices(range(len(body) + 1), k=2))
        end = min(end, start + 30)
        piece = chance.choice([b"", body[start:end] * 2, body[end : end + 20], *_PIECES])
        body = body[:start] + piece + body[end if chance.random() < 0.5 else start :]
    return body


_PIECES = [b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\", b"\\u0000", b"\\ud800", b"\0", b"\xff"]
_PIECES += [b"NaN", b"1e999", b"null", b"-", b"9" * 30, b"\n", b'{"a":', b"\xef\xbb\xbf", b"\x0b"]


def _recoded(code: str, body: bytes) -> bytes:
    return body.decode().encode(code)


def _fill(text: bytes, number: int) -> bytes:
    return text.replace(CANARY, b"CANARY %05d" % number).replace(NEW_ID, b"h-%05d" % number)
