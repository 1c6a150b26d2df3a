"""The one-file Ruby client, against a real server whose answers a test writes down beforehand."""

from __future__ import annotations

import base64
import gzip
import hmac
import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from bench.system import ROOT, free_port
from tests.rails.conftest import FILES
from tests.rails.world import Answer, Seen, serving

CLIENT = ROOT / "clients" / "ruby" / "tutor_workbench.rb"
RECORD = {"session_id": "s-1", "status": "held", "student_feedback": "kept to ourselves"}
ERROR = {"pointer": "/status", "code": "literal_error", "detail": "Use one of: 'completed'."}
SECRET = "whsec_" + base64.b64encode(b"a key of some thirty-two letters").decode()
Call = Callable[..., tuple[dict[str, Any], list[Seen]]]


def answer(status: int, headers: dict[str, str] | None = None, **members: Any) -> Answer:
    return status, headers or {}, json.dumps(members).encode()


def receipt(accepted: int = 1, *rejected: dict[str, Any], status: int = 202) -> Answer:
    members = {"accepted": accepted, "duplicates": 0, "rejected": rejected, "request_id": "r-1"}
    return answer(status, **members)


def run(url: str, call: str, records: Any, told: dict[str, Any], **options: Any) -> dict[str, Any]:
    client = {"url": url, **(options or {"token": "secret-token"})}
    message = {"client": client, "call": call, "records": records, **told}
    ran = subprocess.run(
        ["ruby", "-W", FILES / "call_client.rb", CLIENT],
        input=json.dumps(message).encode(),
        capture_output=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    printed = ran.stdout.decode()
    assert not any(word in printed for word in ("secret-token", SECRET[6:], "kept to ourselves"))
    outcome: dict[str, Any] = json.loads(printed)
    return outcome


@pytest.fixture
def call() -> Call:
    """Gives a caller, to whom the answers come in order, and the last one for ever."""

    def make(
        *answers: Answer | None, does: str = "post_sessions", records: Any = RECORD, **rest: Any
    ) -> tuple[dict[str, Any], list[Seen]]:
        seen: list[Seen] = []

        def respond(request: Seen) -> Answer | None:
            seen.append(request)
            return answers[min(len(seen), len(answers)) - 1]

        told = {name: rest.pop(name) for name in ("now", "random") if name in rest}
        with serving(respond) as url:
            return run(url, does, records, told, **rest), seen

    return make


def test_one_record_goes_as_json_with_its_headers(call: Call) -> None:
    outcome, [request] = call(receipt())
    assert (outcome["accepted"], outcome["request_id"]) == (1, "r-1")
    assert (request.path, json.loads(request.body)) == ("/v1/sessions", RECORD)
    assert request.headers["authorization"] == "Bearer secret-token"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["idempotency-key"] and request.headers["x-request-id"]


def test_a_202_with_rejected_rows_is_read(call: Call) -> None:
    rejected = {"index": 1, "session_id": "s-1", "errors": [ERROR]}
    outcome, _ = call(receipt(1, rejected), records=[RECORD, RECORD])
    assert outcome["rejected"] == [{"index": 1, "id": "s-1", "errors": [ERROR]}]


@pytest.mark.parametrize("status", [409, 422])
def test_a_refusal_of_every_row_is_read_and_not_retried(call: Call, status: int) -> None:
    rejected = {"index": 0, "session_id": "s-1", "errors": [ERROR]}
    outcome, seen = call(receipt(0, rejected, status=status))
    assert outcome["rejected"] == [{"index": 0, "id": "s-1", "errors": [ERROR]}]
    assert (outcome["accepted"], len(seen)) == (0, 1)


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 409, 413, 422, 501])
def test_what_a_retry_cannot_mend_is_raised_at_once(call: Call, status: int) -> None:
    error = "Unauthorized" if status in (401, 403) else "Refused"
    problem = answer(status, title="Title", detail="Do this.", request_id="r-2")
    outcome, seen = call(problem)
    assert (outcome["error"], len(seen)) == (f"TutorWorkbench::{error}", 1)
    if status >= 400:
        assert (outcome["title"], outcome["detail"]) == ("Title", "Do this.")
        assert outcome["message"] == f"{status} Title: Do this. (request r-2)"


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 507])
def test_what_a_retry_can_mend_is_sent_again_just_the_same(call: Call, status: int) -> None:
    outcome, seen = call(answer(status), None, receipt())
    assert outcome["accepted"] == 1
    assert len({request.body for request in seen}) == 1
    assert len({request.headers["idempotency-key"] for request in seen}) == 1
    assert len(seen) == 3


def test_waits_double_up_to_the_longest_by_a_random_part(call: Call) -> None:
    options = {"token": "t", "tries": 6, "first_wait": 2, "longest_wait": 10}
    outcome, seen = call(answer(503), random=0.5, **options)
    assert outcome["error"] == "TutorWorkbench::Unavailable"
    assert (outcome["waits"], len(seen)) == ([1, 2, 4, 5, 5], 6)


def test_retry_after_is_the_least_that_is_waited(call: Call) -> None:
    outcome, _ = call(answer(503, {"Retry-After": "7"}), receipt())
    assert outcome["waits"] == [7]


def test_a_long_retry_after_is_left_to_the_caller(call: Call) -> None:
    outcome, seen = call(answer(507, {"Retry-After": "60"}, title="Disk is full"))
    assert (outcome["status"], outcome["waits"], len(seen)) == (507, [], 1)


def test_nobody_at_home_is_unavailable() -> None:
    outcome = run(f"http://127.0.0.1:{free_port()}", "post_sessions", RECORD, {})
    assert (outcome["error"], len(outcome["waits"])) == ("TutorWorkbench::Unavailable", 4)


def test_a_2xx_of_somebody_else_is_not_taken_for_a_receipt(call: Call) -> None:
    outcome, seen = call((200, {}, b"<html>Welcome</html>"), receipt())
    assert (outcome["accepted"], len(seen)) == (1, 2)


def test_arrays_go_as_gzipped_ndjson_in_slices_whose_rows_keep_their_place(call: Call) -> None:
    wrong = {"index": 0, "tutor_id": "t-1000", "errors": [ERROR]}
    records = [{"tutor_id": f"t-{number}", "display_name": "A\nB"} for number in range(1001)]
    outcome, seen = call(receipt(1000), receipt(0, wrong), does="post_tutors", records=records)
    assert seen[0].headers["content-encoding"] == "gzip"
    assert seen[0].headers["content-type"] == "application/x-ndjson"
    lines = gzip.decompress(seen[0].body).splitlines() + seen[1].body.splitlines()
    assert [json.loads(line) for line in lines] == records
    assert [(row["index"], row["id"]) for row in outcome["rejected"]] == [(1000, "t-1000")]
    assert seen[0].headers["idempotency-key"] != seen[1].headers["idempotency-key"]


def test_large_records_go_in_requests_of_few(call: Call) -> None:
    records = [{"action_id": f"a-{number}", "note": "x" * 1_500_000} for number in range(5)]
    _, seen = call(receipt(), does="post_flag_actions", records=records)
    assert [gzip.decompress(request.body).count(b"action_id") for request in seen] == [2, 2, 1]
    assert {request.path for request in seen} == {"/v1/flag-actions"}


def test_the_signature_is_that_of_standard_webhooks(call: Call) -> None:
    _, seen = call(answer(503), receipt(), secret=SECRET, now=1_763_828_400)
    for request in seen:
        message_id = request.headers["webhook-id"].encode()
        signed = message_id + b".1763828400." + request.body
        key = base64.b64decode(SECRET.removeprefix("whsec_"))
        wanted = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
        assert request.headers["webhook-signature"] == f"v1,{wanted}"
        assert request.headers["webhook-timestamp"] == "1763828400"
        assert "authorization" not in request.headers
    assert len({request.headers["webhook-id"] for request in seen}) == 1


def test_a_token_that_can_be_called_is_asked_for_at_each_try(call: Call) -> None:
    _, seen = call(answer(503), receipt(), token="called")
    assert [request.headers["authorization"][-7:] for request in seen] == ["token-1", "token-2"]
