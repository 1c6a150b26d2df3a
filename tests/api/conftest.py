"""A real web application over a real published set, small enough to write by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from mailbox import Maildir
from pathlib import Path
from typing import Any

import duckdb
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.accounts import create_account
from api.app import create_app
from api.examples import flags, platform, risks, sessions, tutors
from core.marts import Published
from core.settings import Settings, load_settings
from core.tokens import KeyRing

PASSWORD = "correct horse battery"
ORIGIN = "http://127.0.0.1:8080"
AS_OF = "2026-11-22T16:00:00Z"
Row = dict[str, Any]
Publish = Callable[..., Published]
_PROFILE = ["tutor_id", "display_name", "subjects", "time_zone", "region"]

_COMPONENT = (
    "STRUCT(component VARCHAR, label VARCHAR, points DECIMAL(5,1), event_count BIGINT, "
    "session_count BIGINT, expected_count DOUBLE, rate DOUBLE, rate_low DOUBLE, "
    "rate_high DOUBLE, platform_rate DOUBLE, reason_text VARCHAR)[]"
)
_TYPES = {
    "components": _COMPONENT,
    "reasons": _COMPONENT,
    "facts": 'STRUCT(label VARCHAR, "value" VARCHAR)[]',
    "subjects": "VARCHAR[]",
    "flag_ids": "VARCHAR[]",
    "as_of": "TIMESTAMPTZ",
    "data_through": "TIMESTAMPTZ",
}
_TYPES |= dict.fromkeys(["score", "score_low", "score_high", "points"], "DECIMAL(5,1)")
_TYPES |= dict.fromkeys(
    ["session_date", "score_date", "opened_on", "closed_on", "acted_on", "last_session_date"],
    "DATE",
)
_TYPES |= dict.fromkeys(["scheduled_start", "scheduled_end"], "TIMESTAMPTZ")
_TYPES |= dict.fromkeys(["effective_session_count", "expected_count"], "DOUBLE")
_TYPES |= dict.fromkeys(["ratio", "ratio_low", "ratio_high", "probability"], "DOUBLE")
_BY_ENDING = {
    "_at": "TIMESTAMPTZ",
    "_count": "BIGINT",
    "_minutes": "DOUBLE",
    "_hours": "DOUBLE",
    "_rate": "DOUBLE",
    "_low": "DOUBLE",
    "_high": "DOUBLE",
    "_days": "BIGINT",
    "_version": "INTEGER",
    "_points": "DECIMAL(5,1)",
}


def _type_of(name: str, value: object) -> str:
    if name in _TYPES:
        return _TYPES[name]
    by_ending = [kind for ending, kind in _BY_ENDING.items() if name.endswith(ending)]
    by_value = {bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE"}.get(type(value), "VARCHAR")
    return by_ending[0] if by_ending else by_value


def _tutors() -> list[Row]:
    second: Row = {"tutor_id": "T-2", "display_name": "<script>alert(1)</script>", "score": 70.5}
    second |= {"severity": None, "session_count": 12, "open_flag_count": 0}
    third: Row = {"tutor_id": "T-3", "display_name": "Chen, Lily", "subjects": ["Biology"]}
    third |= {"state": "new_tutor", "severity": None, "components": [], "session_count": 3}
    third |= dict.fromkeys(["score", "score_low", "score_high", "baseline"], None)
    return [tutors.TUTOR, tutors.TUTOR | second, tutors.TUTOR | third]


def _scores() -> list[Row]:
    before = tutors.SCORE | {"score_date": "2026-11-20", "score": 43.5}
    other: Row = {"tutor_id": "T-2", "score": 70.5, "session_count": 12}
    return [tutors.SCORE, before, tutors.SCORE | other]


def _sessions() -> list[Row]:
    rows = [sessions.SESSION | {"student_feedback": "secret words of a student"}]
    for day in range(1, 8):
        date = f"2026-11-{day:02}"
        times = {"scheduled_start": f"{date}T15:00:00Z", "scheduled_end": f"{date}T16:00:00Z"}
        held = {"status": "completed", "caused_by": None, "session_date": date}
        rows.append(rows[0] | {"session_id": f"S-{day}"} | times | held)
    return rows


def _interventions() -> list[Row]:
    early: Row = {"action_id": "A-78", "horizon_days": 56, "state": "too_early", "tutor_id": "T-2"}
    early |= dict.fromkeys(["effect", "effect_low", "effect_high"], None)
    return [flags.INTERVENTION, flags.INTERVENTION | early | {"acted_on": "2026-11-20"}]


def _risks() -> list[Row]:
    later: Row = {"session_id": "S-9A1C", "tutor_id": "T-2", "hours_ahead": 70.0}
    later |= {"kind": "no_show", "probability": 0.31}
    return [risks.UPCOMING_RISK, risks.UPCOMING_RISK | later]


def _patterns() -> list[Row]:
    few: Row = {"kind": "tutor", "group_value": "T-3", "state": "not_enough_data"}
    few |= dict.fromkeys(["poor_rate", "poor_rate_low", "poor_rate_high"], None)
    year: Row = {"window_days": 365, "group_value": "French"}
    pattern = risks.FIRST_SESSION_PATTERN
    return [pattern, pattern | few, pattern | year]


def example_marts() -> dict[str, list[Row]]:
    report = sessions.SESSION_DETAIL["report"] | {"session_id": "S-8F2K"}
    closed: Row = {"flag_id": "T-2|quality|2026-10-01", "tutor_id": "T-2", "kind": "quality"}
    closed |= {"is_open": False, "opened_on": "2026-10-01", "closed_on": "2026-10-20"}
    days = ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"]
    freshness = {name: value for name, value in platform.FRESHNESS.items() if name != "published"}
    return {
        "rpt_tutor_scorecards": _tutors(),
        "dim_tutors": [{name: each[name] for name in _PROFILE} for each in _tutors()],
        "fct_tutor_scores": _scores(),
        "fct_sessions": _sessions(),
        "rpt_session_reports": [report, report | {"version": 2, "headline": "Corrected"}],
        "fct_flags": [flags.FLAG, flags.FLAG | closed],
        "fct_interventions": _interventions(),
        "fct_upcoming_risk": _risks(),
        "rpt_first_session_patterns": _patterns(),
        "rpt_needs_attention": [flags.NEEDS_ATTENTION],
        "rpt_platform_days": [platform.PLATFORM_DAY | {"session_date": day} for day in days],
        "rpt_freshness": [freshness],
        "fct_flag_actions": [flags.FLAG_ACTION],
    }


def _write_table(store: duckdb.DuckDBPyConnection, draft: Path, name: str, rows: list[Row]) -> None:
    draft.write_text("\n".join(json.dumps(row) for row in rows))
    columns = ", ".join(f"\"{key}\": '{_type_of(key, rows[0][key])}'" for key in rows[0])
    store.execute(f"CREATE TABLE {name} AS FROM read_json('{draft}', columns = {{{columns}}})")


def make_settings(folder: Path) -> Settings:
    return load_settings(data_dir=folder / "data", web_port=8080, demo=True)


def publish_set(folder: Path, number: int = 1, **marts: list[Row]) -> Published:
    """Publishes as the flow does: a new file, then the pointer."""
    marts_dir = make_settings(folder).marts_dir
    marts_dir.mkdir(parents=True, exist_ok=True)
    published = Published(number, f"marts-{number}.duckdb", AS_OF, AS_OF, 251990)
    with duckdb.connect(str(marts_dir / published.file)) as store:
        for name, rows in (example_marts() | marts).items():
            _write_table(store, folder / "rows.ndjson", name, rows)
    (marts_dir / "draft").write_bytes(published.to_json())
    (marts_dir / "draft").replace(marts_dir / "current.json")
    return published


def make_app(folder: Path, **options: Any) -> FastAPI:
    notebook = folder / "dashboard.py"
    notebook.write_text(
        "import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n    1 + 1\n    return\n"
    )
    return create_app(make_settings(folder), dashboard=notebook, **options)


def bearer(folder: Path, scope: str) -> dict[str, str]:
    keys = KeyRing.load(make_settings(folder).secrets_dir)
    token = keys.issue("rails", {scope}, datetime.now(UTC), timedelta(hours=1))
    return {"authorization": f"Bearer {token}"}


@pytest.fixture
def web_settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path)


@pytest.fixture
def publish(tmp_path: Path) -> Publish:
    """Publishes a set of the example rows; marts given by name replace the examples."""
    return partial(publish_set, tmp_path)


@pytest.fixture
def make_token(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """Returns the headers of an API client whose token has the given scope."""
    return partial(bearer, tmp_path)


@pytest.fixture
def web_app(web_settings: Settings, tmp_path: Path) -> FastAPI:
    """An application in which Dana has an account."""
    now = datetime.now(UTC)
    create_account(web_settings.accounts_path, "dana", PASSWORD, "coach", now, "Dana <b>")
    return make_app(tmp_path)


@pytest.fixture
def stranger(web_app: FastAPI) -> TestClient:
    """A client without login or token."""
    return TestClient(web_app, base_url=ORIGIN, follow_redirects=False)


@pytest.fixture
def browser(stranger: TestClient) -> TestClient:
    """A browser in which Dana has logged in."""
    answer = stranger.post("/login", data={"username": "Dana", "password": PASSWORD})
    assert answer.status_code == 303
    stranger.headers["origin"] = ORIGIN
    return stranger


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """An API client with the scope marts:read over a published set that stays as it is."""
    folder = tmp_path_factory.mktemp("reader")
    publish_set(folder)
    return TestClient(make_app(folder), base_url=ORIGIN, headers=bearer(folder, "marts:read"))


@pytest.fixture
def drop_letter(web_settings: Settings) -> Callable[..., str]:
    """Puts a letter into the mailbox the way the mail catcher does; returns its key."""

    def drop(number: int, session_id: str = "S-1", subject: str = "[OK] Fine", **parts: str) -> str:
        letter = EmailMessage()
        letter["Subject"], letter["To"] = subject, "coaches@example.org"
        letter["Message-ID"] = f"<session-{session_id}.v{number}@workbench.example>"
        letter["X-Workbench-Session"] = session_id
        letter["Date"] = datetime(2026, 11, 22, 16, tzinfo=UTC) + timedelta(minutes=number)
        letter.set_content(parts.get("text", "Plain words"))
        html = parts.get("html", "<html><head></head><body>Rich words</body></html>")
        letter.add_alternative(html, subtype="html")
        return Maildir(web_settings.mailbox_dir).add(letter)

    return drop
