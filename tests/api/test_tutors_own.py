"""A tutor who may log in sees one tutor: their own page and sessions, and nothing others wrote."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.accounts import create_account, set_tutor
from api.examples import sessions, tutors
from core.settings import Settings
from tests.api.conftest import ORIGIN, PASSWORD, Publish, make_app

LOGIN = {"username": "tomas", "password": PASSWORD}
OWN, OTHER = tutors.TUTOR["tutor_id"], "T-2"


Enter = Callable[[bool], TestClient]


@pytest.fixture
def enter(
    tmp_path: Path, publish: Publish, web_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Enter:
    """Gives a browser of a workbench that lets tutors in, or does not; Tomas has an account."""
    names = {
        "subjects": ["Algebra"],
        "time_zone": "America/Chicago",
        "manager_email": "m@c.example",
    }
    publish(
        dim_tutors=[{"tutor_id": one} | names for one in (OWN, OTHER)],
        rpt_peer_bands=[{"tutor_id": OWN, "tenure": "years"}],
    )
    create_account(web_settings.accounts_path, "tomas", PASSWORD, "tutor", datetime.now(UTC))
    set_tutor(web_settings.accounts_path, "tomas", OWN)

    def open_browser(may: bool) -> TestClient:
        monkeypatch.setenv("WORKBENCH_TUTOR_LOGIN", str(may))
        client = TestClient(make_app(tmp_path), base_url=ORIGIN, follow_redirects=False)
        client.headers["origin"] = ORIGIN
        return client

    return open_browser


@pytest.fixture
def own(enter: Enter) -> TestClient:
    """A browser in which Tomas has logged in."""
    client = enter(True)
    assert client.post("/login", data=LOGIN).status_code == 303
    return client


def test_tutors_stay_out_until_they_are_let_in(enter: Enter) -> None:
    client = enter(False)
    answer = client.post("/login", data=LOGIN)
    assert answer.status_code == 403 and "WORKBENCH_TUTOR_LOGIN" in answer.text
    assert client.get("/v1/me").status_code == 401


def test_a_tutor_reads_themselves_and_nobody_else(own: TestClient) -> None:
    assert own.get("/v1/me").json()["role"] == "tutor"
    assert own.get(f"/v1/tutors/{OWN}").status_code == 200
    assert own.get(f"/v1/tutors/{OTHER}").status_code == 404
    assert own.get(f"/v1/sessions/{sessions.SESSION['session_id']}").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/v1/tutors",
        "/v1/flags",
        "/v1/needs-attention",
        "/v1/platform",
        "/v1/export/fct_sessions.csv",
        "/operations",
        "/settings",
        "/recipients",
        "/reviews",
        "/mailbox",
        "/docs",
        "/openapi.json",
        "/warehouse",
    ],
)
def test_every_other_page_is_shut(own: TestClient, path: str) -> None:
    answer = own.get(path)
    assert answer.status_code == 403
    assert "Tutors see their own page" in answer.text


def test_a_tutor_acts_on_nothing(own: TestClient) -> None:
    assert own.post("/v1/flag-actions", json={}).status_code == 403


def test_when_tutors_are_shut_out_again_their_logins_are_over(
    own: TestClient, enter: Enter
) -> None:
    later = enter(False)
    later.cookies = own.cookies
    assert later.get("/v1/me").status_code == 401
    assert own.get("/v1/me").status_code == 200


def test_who_is_no_tutor_of_ours_does_not_come_in(enter: Enter, web_settings: Settings) -> None:
    set_tutor(web_settings.accounts_path, "tomas", "")
    assert enter(True).post("/login", data=LOGIN).status_code == 403
