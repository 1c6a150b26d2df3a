"""What is kept of earlier days, and what is said where nothing is."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from api.examples.tutors import SCORE


def test_the_list_is_told_as_of_a_day(reader: TestClient) -> None:
    today = reader.get("/v1/tutors?as_of=2026-11-21&sort=-score").json()["items"]
    assert [(row["tutor_id"], row["score"]) for row in today] == [("T-2", 70.5), ("T-1043", 41.0)]
    [row] = reader.get("/v1/tutors?as_of=2026-11-20").json()["items"]
    assert (row["score"], row["score_date"], row["display_name"]) == (
        43.5,
        "2026-11-20",
        "Rivera, Tomás",
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [("search=tomas", 1), ("subject=Algebra", 2), ("state=new_tutor", 0), ("state=scored", 2)],
)
def test_the_list_of_a_day_is_chosen_from(reader: TestClient, query: str, found: int) -> None:
    assert reader.get(f"/v1/tutors?as_of=2026-11-21&{query}").json()["total"] == found


def test_a_tutor_is_told_as_of_a_day(reader: TestClient) -> None:
    row = reader.get("/v1/tutors/T-1043?as_of=2026-11-21").json()
    assert {name: row[name] for name in SCORE} == SCORE
    assert row["subjects"] == ["Algebra"]


def test_scores_end_with_the_day_asked_for(reader: TestClient) -> None:
    rows = reader.get("/v1/tutors/T-1043/scores?as_of=2026-11-20").json()["items"]
    assert [row["score_date"] for row in rows] == ["2026-11-20"]


@pytest.mark.parametrize(
    "path",
    [
        "tutors?as_of=2020-01-01",
        "tutors/T-1043?as_of=2020-01-01",
        "tutors/T-1043/scores?as_of=2030-01-01",
        "score/explain?tutor_id=T-1043&as_of=2020-01-01",
    ],
)
def test_a_day_that_is_not_kept_is_answered_with_those_that_are(
    reader: TestClient, path: str
) -> None:
    answer = reader.get(f"/v1/{path}")
    assert answer.status_code == 404
    assert "from 2026-11-20 to 2026-11-21" in answer.json()["detail"]
    assert "--as-known DAY" in answer.json()["detail"]


@pytest.mark.parametrize("query", ["severity=high", "sort=tenure_days", "sort=-score_change_30d"])
def test_what_is_not_kept_of_a_day_cannot_choose(reader: TestClient, query: str) -> None:
    answer = reader.get(f"/v1/tutors?as_of=2026-11-21&{query}")
    assert answer.status_code == 422
    assert "sort by one of: name, score, session_count" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["tutors?as_of=yesterday", "score/explain", "tutors/T-2?as_of=x"])
def test_what_is_no_day_is_refused(reader: TestClient, path: str) -> None:
    assert reader.get(f"/v1/{path}").status_code == 422


def test_nobody_has_no_receipt(reader: TestClient) -> None:
    answer = reader.get("/v1/score/explain?tutor_id=SECRET")
    assert answer.status_code == 404
    assert "SECRET" not in answer.text
