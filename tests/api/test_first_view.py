"""The page of the moment goes into the HTML that starts the dashboard, for whoever is logged in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from marimo._entrypoints import registry
from starlette.testclient import TestClient

from api.accounts import create_account
from api.dependencies import Desks
from core.settings import Settings
from tests.api.conftest import ORIGIN, PASSWORD, make_app

Asked = list[tuple[str, Mapping[str, Any]]]
VIEW = "<p>Chen, Ångström</p>"


@pytest.fixture
def asked() -> Asked:
    return []


@pytest.fixture
def visitor(web_app: FastAPI, tmp_path: Path, asked: Asked) -> TestClient:
    """A stranger before an application that has a first view."""
    assert web_app  # makes Dana's account

    def view(query: str, user: Mapping[str, Any]) -> str:
        asked.append((query, user))
        return VIEW

    app = make_app(tmp_path, desks=Desks(first_view=view))
    return TestClient(app, base_url=ORIGIN, follow_redirects=False)


@pytest.fixture
def dana(visitor: TestClient) -> TestClient:
    assert visitor.post("/login", data={"username": "Dana", "password": PASSWORD}).is_redirect
    return visitor


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_it_stands_before_the_place_of_the_live_page(dana: TestClient, encoding: str) -> None:
    answer = dana.get("/dashboard/", headers={"accept-encoding": encoding})
    assert answer.text.count(VIEW) == 1
    assert f'{VIEW}<div id="root"></div>' in answer.text
    assert answer.headers.get("content-encoding", "identity") == encoding
    assert answer.headers["cache-control"] == "no-store"


def test_what_starts_marimo_is_held_back_in_a_template(dana: TestClient) -> None:
    html = dana.get("/dashboard/").text
    before, _, rest = html.partition('<template id="live-page">')
    held, _, after = rest.partition("</template>")
    starters = re.compile(r'type="module"|rel="(?:modulepreload|preload|stylesheet)"')
    assert set(starters.findall(held)) == {
        'type="module"',
        'rel="modulepreload"',
        'rel="stylesheet"',
    }
    assert not starters.search(before + after)


def test_what_marimo_answers_is_the_same_for_everybody_and_every_address(
    web_app: FastAPI, web_settings: Settings
) -> None:
    create_account(web_settings.accounts_path, "eve", PASSWORD, "admin", datetime.now(UTC))
    answers = set()
    for name in ("dana", "eve"):
        client = TestClient(web_app, base_url=ORIGIN)
        client.post("/login", data={"username": name, "password": PASSWORD})
        for query in ("", "?tutor=T-1", "?team=a%40b.example&x=%3Cb%3E"):
            answers.add(client.get(f"/dashboard/{query}").text)
    [answer] = answers
    assert '<div id="root"></div>' in answer


def test_it_is_told_what_is_asked_for_and_who_asks(dana: TestClient, asked: Asked) -> None:
    dana.get("/dashboard/?tutor=T-1&x=a%20b")
    [(query, user)] = asked
    assert query == "tutor=T-1&x=a%20b"
    assert (user["username"], user["role"], user["may_act"]) == ("dana", "coach", True)
    assert user["people"] == {"dana": "Dana <b>"}


def test_nothing_is_made_for_strangers_and_for_what_is_no_page(
    visitor: TestClient, asked: Asked
) -> None:
    answer = visitor.get("/dashboard/", headers={"accept": "text/html"})
    assert answer.is_redirect and VIEW not in answer.text
    visitor.post("/login", data={"username": "Dana", "password": PASSWORD})
    assert visitor.get("/dashboard/manifest.json").status_code == 200
    visitor.head("/dashboard/")
    assert asked == []


def test_marimo_reads_the_entry_points_of_packages_once(dana: TestClient) -> None:
    assert dana  # the application is made
    read = [registry.get_entry_points("marimo.kernel.lifespan") for _ in range(2)]
    assert read[0] is read[1]
