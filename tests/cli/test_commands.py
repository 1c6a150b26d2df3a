"""Commands do what they say; what people can mend is one line and an exit code."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from api.accounts import check_password
from cli.main import app
from cli.startup import only_instance
from core import lake
from core.settings import load_settings
from core.tokens import KeyRing
from tests.cli.conftest import Workbench

PASSWORD = "correct horse battery"


def _commands() -> Iterator[list[str]]:
    root = get_command(app)
    for name, command in getattr(root, "commands").items():  # noqa: B009
        yield [name]
        yield from ([name, inner] for inner in getattr(command, "commands", {}))


@pytest.mark.parametrize("words", [[], *_commands()], ids=" ".join)
def test_every_command_explains_itself(words: list[str]) -> None:
    answer = CliRunner().invoke(app, [*words, "--help"])
    assert answer.exit_code == 0 and "Usage: " in answer.output
    _, about, *_ = (line for line in answer.output.splitlines() if line.strip())
    assert about.strip()[0].isupper() and about.count(" ") > 3


def test_a_token_is_good_for_what_was_asked(workbench: Workbench) -> None:
    said = workbench("token", "--scope", "ingest:write", "--scope", "marts:read", "--subject", "x")
    assert (said.code, said.err) == (0, "")
    principal = KeyRing.load(load_settings().secrets_dir).verify(said.out.strip())
    assert (principal.subject, len(principal.scopes)) == ("x", 2)
    principal.require("ingest:write")


def test_an_unknown_scope_is_one_line(workbench: Workbench) -> None:
    said = workbench("token", "--scope", "everything")
    assert said.code == 1 and said.is_one_line
    assert said.err.startswith("workbench: unknown scope everything; known: ingest:write")


def test_people_are_added_and_listed(workbench: Workbench) -> None:
    added = workbench("user", "add", "Ann", "--role", "admin", "--password", PASSWORD)
    assert (added.code, added.out) == (0, "Ann may log in as admin.\n")
    assert workbench("user", "list").out == "ann\tadmin\tAnn\tall tutors\tno address\n"
    assert workbench("user", "teams", "ann", "--team", "maria@company.example").code == 0
    assert "\ttutors of maria@company.example\t" in workbench("user", "list").out
    assert workbench("user", "address", "ann", "ann@company.example").code == 0
    assert workbench("user", "list").out.endswith("\tann@company.example\n")


def test_a_tutors_account_says_which_tutor_it_is(workbench: Workbench) -> None:
    asked = ["user", "add", "tomas", "--role", "tutor", "--password", PASSWORD]
    said = workbench(*asked)
    assert said.code == 1 and "belong together" in said.err
    assert workbench(*asked, "--tutor", "T-1043").code == 0
    assert "\ttutor T-1043\t" in workbench("user", "list").out
    assert workbench("user", "tutor", "tomas", "T-7").code == 0
    assert "\ttutor T-7\t" in workbench("user", "list").out


def test_a_person_who_left_is_removed(workbench: Workbench) -> None:
    workbench("user", "add", "ann", "--password", PASSWORD)
    assert workbench("user", "remove", "Ann").out == "Ann may log in no longer.\n"
    assert workbench("user", "list").out == ""
    again = workbench("user", "remove", "ann")
    assert again.code == 1 and "Nobody has this username" in again.err


def test_a_password_can_be_typed_and_is_not_shown(workbench: Workbench) -> None:
    typed = CliRunner().invoke(app, ["user", "add", "ann"], input=f"{PASSWORD}\n{PASSWORD}\n")
    assert typed.exit_code == 0 and PASSWORD not in typed.output
    assert workbench("user", "list").out.startswith("ann\tcoach")


def test_people_of_the_login_service_are_added_without_a_password(workbench: Workbench) -> None:
    added = workbench("user", "add", "ann@company.example", "--role", "coach", "--oidc")
    said = "ann@company.example may log in by OpenID Connect, as coach.\n"
    assert (added.code, added.out) == (0, said)
    path = load_settings().accounts_path
    assert check_password(path, "ann@company.example", "") is None


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["add", "ann", "--oidc", "--password", PASSWORD], "--oidc or --password"),
        (["add", "ann", "--password", "short"], "12"),
        (["add", "ann b", "--password", PASSWORD], "username"),
        (["add", "ann", "--role", "king", "--password", PASSWORD], "admin, coach, analyst"),
    ],
)
def test_people_who_cannot_be_added_are_refused_in_one_line(
    workbench: Workbench, arguments: list[str], reason: str
) -> None:
    said = workbench("user", *arguments)
    assert said.code == 1 and said.is_one_line and reason in said.err
    assert workbench("user", "list").out == ""


def test_a_name_is_given_once(workbench: Workbench) -> None:
    codes = [workbench("user", "add", "ann", "--password", PASSWORD).code for _ in range(2)]
    assert codes == [0, 1]


@pytest.mark.parametrize(
    "arguments",
    [
        ["up"],
        ["demo"],
        ["build"],
        ["status"],
        ["token", "--scope", "marts:read"],
        ["user", "list"],
        ["user", "add", "ann", "--password", PASSWORD],
    ],
    ids=" ".join,
)
def test_a_data_folder_that_cannot_be_written_is_one_line(
    workbench: Workbench, tmp_path: Path, arguments: list[str]
) -> None:
    (tmp_path / "file").touch()
    said = workbench(*arguments, "--data-dir", str(tmp_path / "file" / "data"))
    assert said.code == 78 and said.is_one_line
    assert said.err.startswith("workbench: the data folder cannot be written (Not a directory).")


def test_a_process_of_its_own_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    command = [sys.executable, "-m", "cli.main", "up", "--data-dir", str(tmp_path / "file" / "d")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 78 and "Traceback" not in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["INGEST", "WEB", "PREFECT", "SMTP"])
def test_a_port_in_use_is_one_line_that_names_the_setting(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        for other in ("INGEST", "WEB", "PREFECT", "SMTP"):
            port = taken.getsockname()[1] if other == name else _free_port()
            monkeypatch.setenv(f"WORKBENCH_{other}_PORT", str(port))
        said = workbench("demo" if name == "SMTP" else "up")
    assert said.code == 78 and said.is_one_line
    assert f"is in use. Stop what uses it, or set WORKBENCH_{name}_PORT" in said.err


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_second_instance_on_the_same_folder_is_one_line(
    workbench: Workbench, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    with only_instance(tmp_path / "data"):
        said = workbench("up")
    assert said.code == 78 and said.is_one_line
    assert said.err.startswith("workbench: another workbench runs on this data folder.")


def test_a_wrong_setting_is_one_line(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_TIME_ZONE", "Mars/Base")
    said = workbench("status")
    assert said.code == 78 and said.is_one_line and "WORKBENCH_TIME_ZONE" in said.err


def test_status_of_nothing_is_valid_json_and_exit_code_3(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("INGEST", "WEB", "PREFECT"):
        monkeypatch.setenv(f"WORKBENCH_{name}_PORT", str(_free_port()))
    said = workbench("status", "--json")
    facts = json.loads(said.out)
    assert (said.code, facts["is_ready"], facts["marts"], facts["ingest"]) == (3, False, None, None)
    assert facts["processes"] == dict.fromkeys(("ingest", "web", "prefect", "runner"), False)
    assert facts["lake"] == {"ingest_seq": 0}
    plain = workbench("status")
    assert plain.code == 3 and "No marts are published yet." in plain.out


def test_a_file_that_is_not_there_is_one_line(workbench: Workbench) -> None:
    said = workbench("ingest", "nowhere.ndjson")
    assert said.code == 1 and said.is_one_line and "nowhere.ndjson cannot be read" in said.err


def test_an_empty_lake_is_sound_and_a_damaged_one_is_not(workbench: Workbench) -> None:
    settings = load_settings()
    lake.ensure(settings.lake_dir)
    assert workbench("lake", "check").out == "The lake is sound: 0 records in 4 files.\n"
    (settings.lake_dir / "tutors" / "received_on=1970-01-01" / lake.EMPTY_FILE).write_bytes(b"x")
    said = workbench("lake", "check")
    assert said.code == 1 and said.out.startswith("tutors/received_on=1970-01-01/schema.parquet is")
