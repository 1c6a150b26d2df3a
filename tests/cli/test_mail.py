"""`workbench mail` shows letters and what became of them, and says what the server said."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from bench.system import free_port
from core.marts import POINTER, Published
from tests.cli.conftest import Workbench
from tests.flows.emails.catcher import MailCatcher
from tests.flows.emails.marts_world import ATTENTION, NOW, make_row, write_marts


@pytest.fixture
def published(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "marts"
    folder.mkdir(parents=True)
    write_marts(folder / "marts-1.duckdb", (make_row(),), ATTENTION)
    pointer = Published(1, "marts-1.duckdb", str(NOW), str(NOW), ingest_seq=99)
    (folder / POINTER).write_bytes(pointer.to_json())


@pytest.fixture
def catcher(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailCatcher]:
    catcher = MailCatcher()
    port = free_port()
    controller = Controller(catcher, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("WORKBENCH_SMTP_PORT", str(port))
    yield catcher
    controller.stop()


@pytest.mark.usefixtures("published")
def test_a_letter_is_shown_and_its_html_written(workbench: Workbench, tmp_path: Path) -> None:
    page = tmp_path / "letter.html"
    said = workbench("mail", "preview", "S-8F2K", "--html", str(page)).out
    assert said.startswith("Subject: [HIGH] Rivera T. · first session")
    assert "late or absent in 5 of 38 sessions" in said
    assert page.read_text().startswith("<!doctype html>")


@pytest.mark.usefixtures("published")
def test_a_digest_is_shown_as_somebody_would_get_it(workbench: Workbench) -> None:
    workbench("recipients", "add", "omar@qa.example", "--team", "omar@qa.example")
    said = workbench("mail", "preview", "daily", "--to", "omar@qa.example").out
    assert "1 tutor needs you" in said and "Rivera" not in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["preview", "S-none"], "No live session"),
        (["preview", "daily", "--to", "no@qa.example"], "Nobody on the list"),
        (["resend", "S-none"], "No live session"),
        (["outbox", "--state", "lost"], "A state is one of"),
        (["send-test", "nobody"], "looks like"),
    ],
)
@pytest.mark.usefixtures("published")
def test_what_is_not_there_is_one_line(
    workbench: Workbench, arguments: list[str], said: str
) -> None:
    outcome = workbench("mail", *arguments)
    assert outcome.code == 1 and outcome.is_one_line and said in outcome.err


def test_a_test_letter_tells_what_the_server_said(
    workbench: Workbench, catcher: MailCatcher
) -> None:
    assert (
        "took the letter to ann@qa.example" in workbench("mail", "send-test", "ann@qa.example").out
    )
    assert catcher.subjects == ["[ALERT] Letters of the Tutor Workbench arrive here"]
    catcher.refused = {"ann@qa.example": "550 nobody"}
    outcome = workbench("mail", "send-test", "ann@qa.example")
    assert outcome.code == 1 and "(550)" in outcome.err


@pytest.mark.usefixtures("published")
def test_a_letter_is_owed_again_and_shown_in_the_outbox(
    workbench: Workbench, tmp_path: Path
) -> None:
    assert "No letter was ever owed" in workbench("mail", "outbox").out
    workbench("recipients", "add", "ann@qa.example")
    assert "--to" in workbench("mail", "resend", "S-8F2K").out
    assert workbench("mail", "resend", "S-8F2K", "--to", "ann@qa.example").out == "Owed: 1.\n"
    found = json.loads(workbench("mail", "outbox", "--json").out)
    assert found["counts"] == {"pending": 1}
    with sqlite3.connect(tmp_path / "data" / "letters" / "outbox.sqlite") as store:
        store.execute("update letters set state = 'dead', last_error = '550'")
    assert "550" in workbench("mail", "outbox", "--state", "dead").out
    assert workbench("mail", "retry").out == "Owed again: 1.\n"
    assert workbench("mail", "retry").out == "No letter was given up.\n"
