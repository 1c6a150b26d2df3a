"""The reading API: what each route gives, chooses, pages and refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.examples import flags, platform, tutors
from api.examples.common import listed
from core.settings import Settings

Publish = Callable[..., Any]


def _ids(answer: Any, key: str) -> list[str]:
    return [item[key] for item in answer.json()["items"]]


@pytest.mark.parametrize(
    ("path", "example"),
    [
        ("/v1/tutors/T-1043", tutors.TUTOR),
        ("/v1/sessions/S-8F2K", None),
        ("/v1/needs-attention", listed(flags.NEEDS_ATTENTION)),
        ("/v1/freshness", platform.FRESHNESS | {"published": 1}),
    ],
)
def test_route_gives_the_row_of_its_mart(
    reader: TestClient, path: str, example: dict[str, Any] | None
) -> None:
    answer = reader.get(path)
    assert answer.status_code == 200
    if example is not None:
        is_of_a_set = "published" in example
        assert answer.json() == (example | {"published": 1} if is_of_a_set else example)


def test_list_says_which_set_it_was_read_from(reader: TestClient) -> None:
    body = reader.get("/v1/tutors?limit=2&offset=1").json()
    assert {name: body[name] for name in body if name != "items"} == {
        "total": 3,
        "limit": 2,
        "offset": 1,
        "next": None,
        "as_of": "2026-11-22T16:00:00Z",
        "published": 1,
    }
    assert len(body["items"]) == 2


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sort=name", ["T-2", "T-3", "T-1043"]),
        ("sort=score", ["T-1043", "T-2", "T-3"]),
        ("sort=-score", ["T-2", "T-1043", "T-3"]),
        ("sort=-session_count&limit=1", ["T-1043"]),
        ("severity=high", ["T-1043"]),
        ("state=new_tutor", ["T-3"]),
        ("subject=Biology", ["T-3"]),
        ("search=TOMAS", ["T-1043"]),
        ("search=t-2", ["T-2"]),
        ("search=%25", []),
        ("search=%00", []),
        ("search=' OR 1=1 --", []),
    ],
)
def test_tutors_are_chosen_and_sorted(reader: TestClient, query: str, found: list[str]) -> None:
    assert _ids(reader.get(f"/v1/tutors?{query}"), "tutor_id") == found


def test_tutors_components_sum_with_their_reasons(reader: TestClient) -> None:
    [component] = reader.get("/v1/tutors/T-1043").json()["components"]
    assert component["points"] == -14.0
    assert component["reason_text"].startswith("moved or cancelled 9 of 38")


def test_scores_come_oldest_first(reader: TestClient) -> None:
    body = reader.get("/v1/tutors/T-1043/scores?days=2").json()
    assert [item["score_date"] for item in body["items"]] == ["2026-11-20", "2026-11-21"]


def test_scores_keep_the_latest_days(reader: TestClient) -> None:
    body = reader.get("/v1/tutors/T-1043/scores?days=1").json()
    assert [item["score_date"] for item in body["items"]] == ["2026-11-21"]


def test_sessions_come_newest_first_and_in_pages(reader: TestClient) -> None:
    first = reader.get("/v1/tutors/T-1043/sessions?limit=3")
    rest = reader.get("/v1/tutors/T-1043/sessions?limit=500&offset=3")
    assert _ids(first, "session_id") == ["S-8F2K", "S-7", "S-6"]
    assert _ids(rest, "session_id") == ["S-5", "S-4", "S-3", "S-2", "S-1"]
    assert first.json()["total"] == 8


def test_sessions_are_chosen_by_day_and_status(reader: TestClient) -> None:
    days = reader.get("/v1/tutors/T-1043/sessions?from=2026-11-02&to=2026-11-03")
    moved = reader.get("/v1/tutors/T-1043/sessions?status=rescheduled")
    assert _ids(days, "session_id") == ["S-3", "S-2"]
    assert _ids(moved, "session_id") == ["S-8F2K"]


def test_session_carries_the_report_of_its_newest_version(reader: TestClient) -> None:
    report = reader.get("/v1/sessions/S-8F2K").json()["report"]
    assert (report["version"], report["headline"]) == (2, "Corrected")
    assert reader.get("/v1/sessions/S-1").json()["report"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["T-1043", "T-2"]),
        ("open=true", ["T-1043"]),
        ("open=false", ["T-2"]),
        ("kind=quality", ["T-2"]),
        ("tutor_id=T-1043", ["T-1043"]),
    ],
)
def test_flags_are_chosen(reader: TestClient, query: str, found: list[str]) -> None:
    assert _ids(reader.get(f"/v1/flags?{query}"), "tutor_id") == found


def test_platform_days_end_with_the_day_of_the_build(reader: TestClient) -> None:
    assert _ids(reader.get("/v1/platform/days?days=2"), "session_date") == [
        "2026-11-21",
        "2026-11-22",
    ]


def test_student_words_in_a_mart_never_go_out(reader: TestClient) -> None:
    for path in ("/v1/sessions/S-8F2K", "/v1/tutors/T-1043/sessions"):
        assert "secret words" not in reader.get(path).text


@pytest.mark.parametrize("path", ["tutors/no", "tutors/no/scores", "tutors/no/sessions", "no"])
def test_unknown_is_a_404_problem(reader: TestClient, path: str) -> None:
    answer = reader.get(f"/v1/{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == "Not Found" or "/v1/tutors" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=501", "query/limit"),
        ("offset=-1", "query/offset"),
        ("sort=tutor_id;drop table", "query/sort"),
        ("state=SECRET", "query/state"),
        ("stat=scored", "query/stat"),
    ],
)
def test_wrong_parameter_is_named_and_not_echoed(
    reader: TestClient, query: str, pointer: str
) -> None:
    answer = reader.get(f"/v1/tutors?{query}")
    assert answer.status_code == 422
    assert [wrong["pointer"] for wrong in answer.json()["errors"]] == [pointer]
    assert "SECRET" not in answer.text
    assert "drop table" not in answer.text


def test_other_methods_are_a_405_problem(reader: TestClient) -> None:
    answer = reader.post("/v1/tutors")
    assert (answer.status_code, answer.json()["status"]) == (405, 405)
    assert answer.headers["allow"] == "GET"


def test_no_published_marts_is_a_503_problem(
    stranger: TestClient, make_token: Callable[[str], dict[str, str]]
) -> None:
    answer = stranger.get("/v1/freshness", headers=make_token("marts:read"))
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.json()["title"] == "No marts are published yet"


def test_known_set_is_not_sent_again(reader: TestClient) -> None:
    first = reader.get("/v1/tutors")
    again = reader.get("/v1/tutors", headers={"if-none-match": f'"x", W/{first.headers["etag"]}'})
    assert first.headers["cache-control"] == "private, no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def test_new_set_is_picked_up(browser: TestClient, publish: Publish) -> None:
    publish(1)
    tag = browser.get("/v1/freshness").headers["etag"]
    changed = {name: each for name, each in platform.FRESHNESS.items() if name != "published"}
    publish(2, rpt_freshness=[changed | {"tutor_count": 301}])
    answer = browser.get("/v1/freshness", headers={"if-none-match": tag})
    assert (answer.status_code, answer.json()["published"]) == (200, 2)
    assert answer.json()["tutor_count"] == 301


def test_crash_answers_without_internals(
    web_app: FastAPI, web_settings: Settings, make_token: Callable[[str], dict[str, str]]
) -> None:
    web_settings.marts_dir.mkdir(parents=True)
    (web_settings.marts_dir / "current.json").write_text("SECRET, not JSON")
    client = TestClient(web_app, base_url="http://127.0.0.1:8080", raise_server_exceptions=False)
    answer = client.get("/v1/tutors", headers=make_token("marts:read"))
    assert (answer.status_code, answer.json()["title"]) == (500, "Internal error")
    assert "SECRET" not in answer.text
