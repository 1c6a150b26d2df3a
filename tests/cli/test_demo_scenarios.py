"""`workbench demo --scenario`: the names it knows, and what it hands on to the company."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from cli.demo import Company
from cli.feeder import sendings
from synthetic.scenarios import ORDINARY, SCENARIOS
from tests.cli.conftest import Workbench

COMPANY = Company(3, 30, 5, 10, 1, 0.5, scenario="outage")


def test_an_unknown_scenario_is_one_line_that_names_those_there_are(workbench: Workbench) -> None:
    said = workbench("demo", "--scenario", "nonsense")
    assert said.code == 1 and said.is_one_line
    assert all(name in said.err for name in SCENARIOS)


def test_help_tells_of_each_scenario(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    said = workbench("demo", "--help").out
    for name, scenario in SCENARIOS.items():
        assert f"{name}: {scenario.about[:30]}" in said


def test_the_company_is_started_with_its_scenario() -> None:
    options = COMPANY.options(7)
    assert options[options.index("--scenario") + 1] == "outage"
    assert "--scenario" not in replace(COMPANY, scenario=None).options(7)


def test_live_duplicates_are_the_line_again_or_turned_round() -> None:
    line = b'{"session_id":"s-1","version":1}\n'
    sent = [sendings(line, index, SCENARIOS["duplicates"]) for index in range(8)]
    assert [len(lines) for lines in sent] == [2, 1] * 4
    again = [lines[1] for lines in sent if len(lines) == 2]
    assert all(orjson.loads(copy) == orjson.loads(line) for copy in again)
    assert [copy == line for copy in again] == [True, False, True, False]
    assert all(sendings(line, index, ORDINARY) == [line] for index in range(8))
