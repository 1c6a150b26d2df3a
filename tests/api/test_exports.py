"""Marts as files: whole, streamed, and they say which set they are of."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
import yaml
from starlette.testclient import TestClient

from api.accounts import create_account
from api.queries.exports import EXPORTS, kept_back
from core.settings import Settings
from tests.api.conftest import ORIGIN, PASSWORD, Publish, example_marts

MARTS = Path(__file__).resolve().parents[2] / "dbt_project" / "models" / "marts"
LEFT_OUT = {
    "fct_session_reviews": "graded blind: what graders found stays where people grade",
    "fct_what_if_evidence": "what functions of the set answer from; notebooks ask them",
    "retention_weeks": "a function of the set; notebooks ask it",
    "what_if_flags": "a function of the set; notebooks ask it",
    "what_if_scores": "a function of the set; notebooks ask it",
    "fct_predictions": "grows with history, so it is in no published set",
    "fct_reschedule_chains": "grows with history, so it is in no published set",
}


def _table(client: TestClient, path: str) -> Any:
    answer = client.get(f"/v1/export/{path}")
    assert answer.status_code == 200, answer.text
    return pq.read_table(io.BytesIO(answer.content))


def _rows(client: TestClient, path: str) -> list[dict[str, str]]:
    answer = client.get(f"/v1/export/{path}")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def _columns(mart: str) -> set[str]:
    contract = yaml.safe_load((MARTS / f"{mart}.yml").read_text())
    return {column["name"] for column in contract["models"][0]["columns"]}


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("rpt_tutor_scorecards.csv?search=RIVERA", 1),
        ("rpt_tutor_scorecards.csv?search=nobody", 0),
        ("fct_upcoming_risk.csv?kind=reschedule&hours_ahead=1000", None),
        ("fct_upcoming_risk.csv?kind=reschedule&hours_ahead=0", 0),
    ],
)
def test_rows_are_chosen_as_lists_on_the_pages_are(
    reader: TestClient, path: str, count: int | None
) -> None:
    rows, whole = _rows(reader, path), _rows(reader, path.split("?")[0])
    assert 0 < len(rows) <= len(whole) if count is None else len(rows) == count


def test_every_mart_is_exported_or_left_out_with_a_reason() -> None:
    assert EXPORTS.keys() | LEFT_OUT.keys() == {path.stem for path in MARTS.glob("*.yml")}
    assert not EXPORTS.keys() & LEFT_OUT.keys()


@pytest.mark.parametrize("mart", EXPORTS)
def test_days_are_columns_and_no_address_goes_out(mart: str) -> None:
    assert EXPORTS[mart] is None or EXPORTS[mart] in _columns(mart)
    shown = _columns(mart) - kept_back(mart)
    assert not {name for name in shown if "email" in name or "note" in name} - {"note"}
    assert "note" not in shown or mart == "rpt_platform_outages"  # of the platform, by its people


def test_parquet_holds_the_rows_with_their_types_and_says_its_set(reader: TestClient) -> None:
    table = _table(reader, "fct_sessions.parquet")
    told = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    assert {key: told[key] for key in told if key.startswith("workbench.")} == {
        "workbench.mart": "fct_sessions",
        "workbench.set_number": "1",
        "workbench.set_as_of": "2026-11-22T16:00:00Z",
        "workbench.set_formula_version": "1",
    }
    assert table.num_rows == 8
    assert str(table.schema.field("scheduled_start").type).startswith("timestamp[us, tz=")
    assert set(table.column("tutor_id").to_pylist()) == {"T-1043"}


def test_csv_holds_the_same_rows_and_each_says_its_set(reader: TestClient) -> None:
    rows = _rows(reader, "fct_sessions.csv")
    exact = _table(reader, "fct_sessions.parquet").to_pylist()
    assert [row["session_id"] for row in rows] == [row["session_id"] for row in exact]
    assert rows[0]["scheduled_start"] == "2026-11-21T21:00:00.000000Z"
    assert (rows[0]["notice_hours"], rows[0]["student_rating"]) == ("3.5", "")
    told = ("set_number", "set_as_of", "set_formula_version")
    assert {tuple(row[name] for name in told) for row in rows} == {
        ("1", "2026-11-22T16:00:00Z", "1")
    }


def test_lists_in_csv_are_json_and_no_cell_is_a_formula(
    browser: TestClient, publish: Publish
) -> None:
    name = '=HYPERLINK("x"), "two"\nlines'
    [card, *_] = example_marts()["rpt_tutor_scorecards"]
    publish(1, rpt_tutor_scorecards=[card | {"display_name": name, "region": "", "severity": None}])
    [row] = _rows(browser, "rpt_tutor_scorecards.csv")
    assert row["display_name"] == f"'{name}"
    assert row["subjects"] == '["Algebra"]'
    assert row["components"].startswith('[{"component":"reliability"')
    text = browser.get("/v1/export/rpt_tutor_scorecards.csv").text
    assert ',"",' in text  # an empty text is not the same as none


def test_the_file_is_named_after_mart_and_set(reader: TestClient) -> None:
    answer = reader.get("/v1/export/fct_flags.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="fct_flags-set1.csv"'
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-cache"
    again = reader.get(
        "/v1/export/fct_flags.csv", headers={"if-none-match": answer.headers["etag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("tutor_id=T-1043", 8),
        ("tutor_id=nobody", 0),
        ("from=2026-11-02&to=2026-11-03", 2),
        ("from=2026-11-07&tutor_id=T-1043", 2),
        ("session_id=S-8F2K", 1),
    ],
)
def test_rows_are_chosen_by_tutor_and_day(reader: TestClient, query: str, count: int) -> None:
    assert len(_rows(reader, f"fct_sessions.csv?{query}")) == count
    assert _table(reader, f"fct_sessions.parquet?{query}").num_rows == count


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        ("SECRET.csv", 404, "There are: dim_tutors"),
        ("fct_session_reviews.csv", 404, "There are: dim_tutors"),
        ("fct_flags.xlsx", 422, "errors"),
        ("rpt_freshness.csv?tutor_id=T-1043", 422, "no tutor_id to choose by"),
        ("fct_flags.csv?window_days=90", 422, "no window_days to choose by"),
        ("rpt_freshness.csv?search=ann", 422, "leave search out"),
        ("fct_flags.csv?tenure=SECRET", 422, "errors"),
        ("rpt_freshness.csv?from=2026-11-01", 422, "leave from and to out"),
        ("fct_flags.csv?colour=SECRET", 422, "errors"),
    ],
)
def test_what_cannot_be_exported_is_a_problem(
    reader: TestClient, path: str, status: int, reason: str
) -> None:
    answer = reader.get(f"/v1/export/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    )
    assert reason in answer.text
    assert "SECRET" not in answer.text


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_files_of_coaches_have_no_student_ids(
    browser: TestClient, publish: Publish, kind: str
) -> None:
    publish(1)
    content = browser.get(f"/v1/export/fct_sessions.{kind}").content
    rows = csv.reader(io.StringIO(content.decode())) if kind == "csv" else None
    names = next(rows) if rows else pq.read_table(io.BytesIO(content)).column_names
    assert "session_id" in names and "student_id" not in names
    assert b"U-2210" not in content


@pytest.mark.parametrize("role", ["admin", "analyst"])
def test_student_ids_are_for_admins_and_analysts(
    stranger: TestClient, publish: Publish, web_settings: Settings, role: str
) -> None:
    publish(1)
    create_account(web_settings.accounts_path, "ana", PASSWORD, role, datetime.now(UTC))
    stranger.post("/login", data={"username": "ana", "password": PASSWORD})
    answer = stranger.get("/v1/export/fct_sessions.csv", headers={"origin": ORIGIN})
    assert answer.status_code == 200 and "U-2210" in answer.text


def test_nobody_exports_without_a_token(
    stranger: TestClient, publish: Publish, make_token: Callable[[str], dict[str, str]]
) -> None:
    publish(1)
    assert stranger.get("/v1/export/fct_flags.csv").status_code == 401
    answer = stranger.get("/v1/export/fct_flags.csv", headers=make_token("ingest:write"))
    assert answer.status_code == 403
