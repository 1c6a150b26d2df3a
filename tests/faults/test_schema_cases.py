"""The door does what its own OpenAPI document says, whatever schemathesis makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from click.testing import CliRunner
from schemathesis.cli import schemathesis as command

from bench.system import ROOT
from core.contract import ID_PATTERN
from tests.faults.door import faults_of, open_door

CONFIG = """
[generation]
database = "none"
with-security-parameters = false

[parameters]
"header.Content-Encoding" = "identity"  # it would not compress what it calls gzip

[checks]
# a document cannot say that an end comes after its start, or which zones there are
positive_data_acceptance.enabled = false
negative_data_rejection.expected-statuses = ["4xx"]

[[operations]]
# other methods than POST meet the address of a record there, and hear that its id is no number
include-path = "/v1/quarantine/replay"
checks.unsupported_method.enabled = false
checks.allow_header_conformance.enabled = false
"""
_OUR_WORDS = (ROOT / "docs" / "errors.md").read_text()
_answers_of_acceptance: list[int] = []


@schemathesis.serializer("application/x-ndjson", "application/ndjson")
def _as_it_is(_: object, lines: object) -> bytes:
    return str(lines).encode()


@schemathesis.check
def refused_without_an_echo(_: object, answer: schemathesis.Response, case: Any) -> None:
    """Fails unless a refusal is a problem that repeats nothing; counts what was accepted."""
    headers = {name: values[0] for name, values in answer.headers.items()}
    assert faults_of(answer.status_code, headers, answer.content, case.method) == []
    if answer.status_code == 202 and "idempotent-replayed" not in headers:
        _answers_of_acceptance.append(answer.json()["accepted"])
    if answer.status_code >= 400 and answer.content:
        told = "\n".join(_texts(answer.json()))
        sent = _texts([case.body, case.query, case.path_parameters, {**case.headers}])
        assert [text for text in sent if _is_its_own(text) and text in told] == []


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts([*value, *value.values()])
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _is_its_own(text: str) -> bool:
    """Returns whether only the sender can have said it: ids may be told, and ours are known words.

    Hypothesis takes some of its texts from the code that it tests.
    """
    return len(text) > 6 and not re.fullmatch(ID_PATTERN, text) and text not in _OUR_WORDS


@pytest.mark.parametrize(
    ("options", "least_cases"),
    [
        (["--phases", "examples,coverage"], 1_000),
        pytest.param(["--max-examples", "1300"], 10_000, marks=pytest.mark.long),
    ],
)
def test_the_door_does_what_its_document_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], least_cases: int
) -> None:
    monkeypatch.chdir(tmp_path)  # where it looks for its settings, and keeps what it learns
    Path("schemathesis.toml").write_text(CONFIG)
    _answers_of_acceptance.clear()
    with open_door(tmp_path) as door:
        arguments = ["run", f"{door.settings.ingest_url}/openapi.json", "--no-color", *options]
        arguments += ["--seed", "1", "--header", f"Authorization: {door.authorization()}"]
        result = CliRunner().invoke(command, arguments)
        assert result.exit_code == 0, result.output
        door.stop()
        [[stored]] = door.journal("SELECT count(*) FROM seen")
    assert int(re.findall(r"(\d+) generated", result.output)[0]) >= least_cases
    assert stored == sum(_answers_of_acceptance) > 0
