from __future__ import annotations

import orjson
import pytest

from ingest.records import KINDS, Entry, check_records
from ingest.strict_json import JsonFault, parse_object

SESSION = (
    b'{"session_id":"s","tutor_id":"t","student_id":"u","status":"completed",'
    b'"scheduled_start":"2026-11-22T16:00:00Z","scheduled_end":"2026-11-22T17:00:00Z"%b}'
)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":"b"}',
        b' {"a" : "b" , "c":{"d":[1,2.5,null,true]}} ',
        b'{"quote":"\\" : \\"","a":"\\u00e9\\n\\\\u0000"}',
        b'{"text":"\xf0\x9f\x98\x80","pair":"\\ud83d\\ude00"}',
        b'{"least":-9223372036854775808,"most":18446744073709551615}',
        b"{}",
        b'{"deep":' + b"[" * 31 + b"]" * 31 + b"}",
    ],
)
def test_valid_objects_are_read_as_they_are(raw: bytes) -> None:
    assert parse_object(raw) == orjson.loads(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":"x","b":1,"a":"y"}',
        b'{"a":1,"a":null}',
        b'{"a":true,"\\u0061":false}',
        b'{"a" :1,"b":"a","a" :2}',
        b'{"a":[{"b":1,"b":1}]}',
    ],
)
def test_a_key_sent_twice_is_found_wherever_it_hides(raw: bytes) -> None:
    with pytest.raises(JsonFault) as caught:
        parse_object(raw)
    assert caught.value.code == "duplicate_key"


def _only(extra: bytes) -> Entry:
    [entry], refusals = check_records(KINDS["sessions"], [SESSION % extra])
    assert refusals == []
    return entry


def test_content_is_the_same_whatever_the_sending_time_or_a_version_left_out() -> None:
    plain, other = _only(b""), _only(b',"version":1,"sent_at":"2026-11-22T18:00:00Z"')
    assert (plain.digest, plain.version) == (other.digest, other.version)
    assert _only(b',"subject":"art"').digest != plain.digest


def test_unknown_fields_are_kept_apart() -> None:
    assert _only(b',"mood":{"a":[1]},"subject":"art"').extra == b'{"mood":{"a":[1]}}'
    assert _only(b"").extra is None
