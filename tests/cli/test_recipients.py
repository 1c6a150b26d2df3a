"""`workbench recipients` keeps the list; what is not possible is one line."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Workbench


def test_somebody_is_added_changed_listed_and_removed(workbench: Workbench) -> None:
    assert "Nobody yet" in workbench("recipients", "list").out
    added = workbench("recipients", "add", "ann@qa.example", "--mode", "flagged")
    assert "ann@qa.example: flagged sessions at once" in added.out
    options = ["--quiet", "22:00-06:30", "--team", "maria@qa.example", "--operator"]
    assert "quiet 22:00-06:30; teams maria@qa.example; operator" in (
        workbench("recipients", "set", "ann@qa.example", *options).out
    )
    [shown] = json.loads(workbench("recipients", "list", "--json").out)
    assert shown["choices"]["mode"] == "flagged" and "token" not in shown
    assert "off the list" in workbench("recipients", "remove", "ann@qa.example").out
    assert "Nobody yet" in workbench("recipients", "list").out


def test_a_limit_and_quiet_hours_are_taken_away_again(workbench: Workbench) -> None:
    limits = ["--team", "maria@qa.example", "--quiet", "22:00-06:30", "--subject", "Algebra"]
    workbench("recipients", "add", "ann@qa.example", *limits)
    said = workbench("recipients", "set", "ann@qa.example", "--team", "", "--quiet", "none").out
    assert "maria" not in said and "quiet" not in said and "subjects Algebra" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add", "nobody"], "looks like"),
        (["add", "ann@qa.example", "--mode", "loud"], "mode"),
        (["add", "ann@qa.example", "--quiet", "late"], "22:00-06:30"),
        (["add", "ann@qa.example", "--quiet", "22:00-"], "quiet_until"),
        (["add", "ann@qa.example", "--budget", "0"], "hourly_budget"),
        (["set", "ann@qa.example", "--mode", "off"], "Nobody on the list"),
        (["remove", "ann@qa.example"], "Nobody on the list"),
    ],
)
def test_what_is_not_possible_is_one_line(
    workbench: Workbench, arguments: list[str], said: str
) -> None:
    outcome = workbench("recipients", *arguments)
    assert outcome.code == 1 and outcome.is_one_line and said in outcome.err
    assert "Nobody yet" in workbench("recipients", "list").out
