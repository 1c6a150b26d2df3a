"""Whatever is sent: no crash, a problem that says why, no echo, and nothing of it is stored."""

from __future__ import annotations

import gzip
import json
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
import pytest

from core.contract import ID_PATTERN
from ingest.records import KINDS, Kind
from tests.faults.door import Door, faults_of, is_open, open_door
from tests.faults.hostile import CANARY, GZIP, NDJSON, SESSION, STRICT, Attack, attacks

_BLANK = b" \t\r\n"  # what JSON takes for nothing
_SENDERS = {b"Authorization", b"webhook-signature"}
_LONG = pytest.param(1, 2_000, marks=pytest.mark.long)


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with open_door(tmp_path) as door:
        yield door


@dataclass
class Assault:
    """Sends attacks, and keeps what is wrong with the answers and what should now be where."""

    client: httpx.Client
    authorization: str
    faults: list[str] = field(default_factory=list)
    accepted: set[str] = field(default_factory=set)
    refused_marks: set[str] = field(default_factory=set)
    quarantined: set[bytes] = field(default_factory=set)

    def send(self, attack: Attack) -> None:
        headers = [(name.encode(), value) for name, value in attack.headers]
        if _SENDERS.isdisjoint(name for name, _ in headers):
            headers.append((b"Authorization", self.authorization.encode()))
        try:
            answer = self.client.request(
                attack.method, attack.path, content=attack.body, headers=headers
            )
        except httpx.TransportError as error:
            self.faults.append(f"{attack.name}: no answer, {error!r}")
            return
        found = faults_of(answer.status_code, answer.headers, answer.content, attack.method)
        if CANARY in _told(answer):
            found.append("an echo")
        self.faults += [f"{attack.name}: {fault}" for fault in found]
        self._note(attack, answer)

    def _note(self, attack: Attack, answer: httpx.Response) -> None:
        if answer.status_code >= 400:
            self.refused_marks.add(attack.mark)
        if b'"rejected":[' not in answer.content or STRICT in attack.headers:
            return
        kind = KINDS[urlsplit(attack.path).path.removeprefix("/v1/")]
        rejected = {row["index"] for row in answer.json()["rejected"]}
        for place, record in enumerate(_records(attack)):
            if place not in rejected:
                self._accept(attack, kind, record)
            elif not _is_array(attack):
                self.quarantined.add(record)

    def _accept(self, attack: Attack, kind: Kind, record: bytes) -> None:
        try:
            self.accepted.add(f"{kind.name}/{_read(record)[kind.key]}")
        except ValueError:
            self.faults.append(f"{attack.name}: accepted, and is no JSON")


def _told(answer: httpx.Response) -> bytes:
    """Returns all that an answer says, but for the ids by which it names the rejected records."""
    body = answer.content
    if b'"rejected":[' in body:
        content = answer.json()
        for row in content["rejected"]:
            for key in {kind.key for kind in KINDS.values()} & set(row):
                row[key] = None if re.fullmatch(ID_PATTERN, row[key] or "") else row[key]
        body = orjson.dumps(content)
    return body + b"".join(name + value for name, value in answer.headers.raw)


def _records(attack: Attack) -> list[bytes]:
    """Returns the records of a body that could be read; those of an array are written again."""
    body = gzip.decompress(attack.body) if GZIP in attack.headers else attack.body
    if NDJSON in attack.headers:
        return [record for line in body.split(b"\n") if (record := line.strip(_BLANK))]
    if _is_array(attack):
        return [json.dumps(record).encode() for record in _read(body)]
    return [body.strip(_BLANK)]


def _is_array(attack: Attack) -> bool:
    return NDJSON not in attack.headers and attack.body.lstrip().startswith(b"[")


def _read(text: bytes) -> Any:
    return json.loads(text, parse_int=str)  # of so long numbers Python makes no integer


@pytest.mark.parametrize(("share", "mutations"), [(5, 100), _LONG])
def test_hostile_bodies_end_in_a_problem_and_nothing_of_them_is_stored(
    door: Door, share: int, mutations: int
) -> None:
    with door.client() as client:
        assault = Assault(client, door.authorization())
        for attack in attacks(share, mutations):
            assault.send(attack)
    assert assault.faults == []
    log = door.stop()
    assert "CANARY" not in log and "Traceback" not in log
    assert len(assault.refused_marks) >= 300 + mutations // 2
    stored = door.stored()
    assert {f"{row.kind}/{row.key}" for row in stored} == assault.accepted
    marks = set(re.findall(r"CANARY \d{5}", "".join(row.text for row in stored)))
    assert marks & assault.refused_marks == set()
    kept = {raw for (raw,) in door.journal("SELECT raw FROM quarantine")}
    assert assault.quarantined <= kept


_ASKS = b"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
_SOCKET = b"Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
BROKEN_HTTP = [
    b"CANARY\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03CANARY",  # a hello of TLS
    b"\0" * 1_000 + b"CANARY",
    b"POST /v1/sessions CANARY/1.1\r\n\r\n",
    b"POST /v1/sessions HTTP/9.9\r\nX: CANARY\r\n\r\n",
    b"CANARY /v1/sessions HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /\xff\xfeCANARY HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /CANARY\0 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"CONNECT CANARY:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: CANARY\r\n\r\n",
    b"POST http://CANARY/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
    b"GET /CANARY HTTP/1.1\r\nno colon CANARY\r\n\r\n",
    b"GET /CANARY HTTP/1.1\r\nX: a\0CANARY\r\n\r\n",
    b"GET /CANARY HTTP/1.1\r\nX: a\rY: CANARY\r\n\r\n",
    b"GET /v1/sessions?CANARY HTTP/1.1\r\n" + _SOCKET + b"Sec-WebSocket-Key: CANARY==\r\n\r\n",
    b"GET /v1/sessions?CANARY HTTP/1.1\r\n" + _SOCKET + b"\r\n",
    _ASKS + b"Content-Length: -1\r\n\r\nCANARY",
    _ASKS + b"Content-Length: 0x6\r\n\r\nCANARY",
    _ASKS + b"Content-Length: 6\r\nContent-Length: 7\r\n\r\nCANARY",
    _ASKS + b"Content-Length: " + b"9" * 40 + b"\r\n\r\nCANARY",
    _ASKS + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nCANARY",
    _ASKS + b"Transfer-Encoding: CANARY\r\n\r\nCANARY",
    _ASKS + b"Transfer-Encoding: chunked\r\n\r\nCANARY\r\n",
    _ASKS + b"Transfer-Encoding: chunked\r\n\r\n-6\r\nCANARY\r\n",
    _ASKS + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 40 + b"\r\nCANARY\r\n",
]


def test_broken_http_is_refused_and_the_door_stays_open(door: Door) -> None:
    faults = []
    for sent in BROKEN_HTTP:
        with _connected(door) as line:
            line.sendall(sent)
            answer = HTTPResponse(line)
            answer.begin()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            body = answer.read()
        found = faults_of(answer.status, headers, body)
        if answer.status < 400 or CANARY in body + repr(headers).encode():
            found.append("taken, or an echo")
        faults += [f"{sent!r}: {fault}" for fault in found]
    assert faults == []
    assert is_open(door.settings.ingest_url)
    assert "CANARY" not in door.stop()


def test_senders_that_dawdle_or_hang_up_keep_nobody_else_out(door: Door) -> None:
    head = _ASKS + f"Authorization: {door.authorization()}\r\n".encode()
    started = [_ASKS[:12], head, head + b"Content-Length: 400\r\n\r\n" + SESSION[:90]]
    started.append(head + b"Transfer-Encoding: chunked\r\n\r\nff\r\n" + SESSION[:90])
    session = json.loads(SESSION)
    with ExitStack() as lines, door.client() as client:
        slow = [lines.enter_context(_connected(door)) for _ in range(60)]
        for turn in range(20):
            for number, line in enumerate(slow):
                line.sendall(started[number % 4] if turn == 0 else b"x")
            answer = client.post("/v1/sessions", json=session | {"session_id": f"good-{turn}"})
            assert answer.status_code == 202
    assert is_open(door.settings.ingest_url)
    log = door.stop()
    assert "Traceback" not in log and "CANARY" not in log
    assert {row.key for row in door.stored()} == {f"good-{turn}" for turn in range(20)}


def _connected(door: Door) -> socket.socket:
    return socket.create_connection(("127.0.0.1", door.settings.ingest_port), timeout=30)
