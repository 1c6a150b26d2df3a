"""The page of the moment goes into the HTML that starts the dashboard, for whoever is logged in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.dependencies import Desks
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
