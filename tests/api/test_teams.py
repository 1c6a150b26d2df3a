"""Who sees some teams only sees nothing of other tutors: in lists, by address, in files, acts."""

from __future__ import annotations

import csv
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from api.accounts import create_account, find_account, set_teams
from api.examples import flags, sessions, tutors
from core.errors import BadInput, NotFound
from core.settings import Settings
from tests.api.conftest import PASSWORD, Publish

MARIA, OMAR = "maria@company.example", "omar@company.example"
OWN, OTHER = tutors.TUTOR["tutor_id"], "T-2"


@pytest.fixture
def of_omar(browser: TestClient, publish: Publish, web_settings: Settings) -> TestClient:
    """Dana, who sees Omar's tutors only: T-2, and not the tutor of the examples."""
    names = {"subjects": ["Algebra"], "time_zone": "America/Chicago"}
    publish(
        dim_tutors=[
            {"tutor_id": OWN, "manager_email": MARIA} | names,
            {"tutor_id": OTHER, "manager_email": OMAR} | names,
        ],
        rpt_peer_bands=[{"tutor_id": OWN, "tenure": "years"}],
    )
    set_teams(web_settings.accounts_path, "dana", [OMAR])
    return browser


def test_lists_hold_the_persons_own_tutors_only(of_omar: TestClient) -> None:
    listed = of_omar.get("/v1/tutors").json()
    assert [row["tutor_id"] for row in listed["items"]] == [OTHER]
    assert listed["total"] == 1
    assert of_omar.get("/v1/needs-attention").json()["items"] == []
    shown = {row["tutor_id"] for row in of_omar.get("/v1/flags").json()["items"]}
    assert shown == {OTHER}


@pytest.mark.parametrize(
    "path",
    [
        f"/v1/tutors/{OWN}",
        f"/v1/tutors/{OWN}/scores",
        f"/v1/tutors/{OWN}/sessions",
        f"/v1/sessions/{sessions.SESSION['session_id']}",
        f"/v1/score/explain?tutor_id={OWN}",
    ],
)
def test_an_address_of_another_teams_tutor_leads_nowhere(of_omar: TestClient, path: str) -> None:
    answer = of_omar.get(path)
    assert answer.status_code == 404
    assert "Rivera" not in answer.text


@pytest.mark.parametrize("mart", ["rpt_tutor_scorecards", "fct_flags", "fct_flag_actions"])
def test_a_file_holds_the_persons_own_tutors_only(of_omar: TestClient, mart: str) -> None:
    answer = of_omar.get(f"/v1/export/{mart}.csv")
    assert answer.status_code == 200
    assert OWN not in answer.text


@pytest.mark.parametrize(
    ("chosen", "tutor_ids"),
    [
        ("", {OWN, OTHER}),
        (f"team={OMAR}", {OTHER}),
        ("tenure=years", {OWN}),
        ("subject=Algebra&zone=America/Chicago", {OWN, OTHER}),
        ("zone=Europe/Rome", set()),
    ],
)
def test_a_file_holds_the_tutors_that_filters_choose(
    of_omar: TestClient, web_settings: Settings, chosen: str, tutor_ids: set[str]
) -> None:
    set_teams(web_settings.accounts_path, "dana", [])
    rows = csv.DictReader(of_omar.get(f"/v1/export/fct_flags.csv?{chosen}").text.splitlines())
    assert {row["tutor_id"] for row in rows} == tutor_ids


def test_filters_open_no_other_team(of_omar: TestClient) -> None:
    answer = of_omar.get(f"/v1/export/fct_flags.csv?team={MARIA}")
    assert answer.status_code == 200 and len(answer.text.splitlines()) == 1


def test_nobody_acts_on_another_teams_tutor(of_omar: TestClient) -> None:
    asked = {"action_id": "a", "flag_ids": [flags.FLAG["flag_id"]], "action": "snooze"}
    assert of_omar.post("/v1/flag-actions", json=asked | {"seen_seq": 0}).status_code == 404
    undo = {"action_ids": [flags.FLAG_ACTION["action_id"]]}
    assert of_omar.post("/v1/flag-actions/undo", json=undo).status_code == 404


def test_letters_about_all_teams_are_not_for_one(of_omar: TestClient) -> None:
    assert of_omar.get("/v1/mailbox").status_code == 403


def test_a_change_of_teams_counts_at_once(of_omar: TestClient, web_settings: Settings) -> None:
    set_teams(web_settings.accounts_path, "dana", [MARIA])
    listed = of_omar.get("/v1/tutors").json()["items"]
    assert [row["tutor_id"] for row in listed] == [OWN]
    set_teams(web_settings.accounts_path, "dana", [])
    assert len(of_omar.get("/v1/tutors").json()["items"]) == 3


def test_a_team_is_an_address_and_its_person_is_known(web_settings: Settings) -> None:
    path = web_settings.accounts_path
    create_account(path, "ann", PASSWORD, "coach", datetime.now(UTC))
    set_teams(path, "Ann", [" Omar@company.example ", OMAR])
    found = find_account(path, "ann")
    assert found is not None and found.teams == (OMAR,)
    with pytest.raises(BadInput, match="address"):
        set_teams(path, "ann", ["Omar"])
    with pytest.raises(NotFound):
        set_teams(path, "nobody", [OMAR])
