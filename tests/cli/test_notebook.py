"""`workbench notebook`: a process of its own behind a token, and copies that are kept."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from core.settings import load_settings, without_settings
from notebooks.shelf import QUESTIONS, Shelf, original_of
from tests.cli.conftest import Workbench
from tests.flows.reviews.small_lake import publish


@dataclass(frozen=True)
class Served:
    process: subprocess.Popen[str]
    address: str
    said: str
    data_dir: Path

    @property
    def base(self) -> str:
        return self.address.split("?")[0]

    @property
    def token(self) -> str:
        return self.address.rpartition("=")[2]


@pytest.fixture
def served(workbench: Workbench, tmp_path: Path) -> Iterator[Served]:
    """The real command over a published set, with a password in its surroundings."""
    assert workbench("notebook", "list").code == 0
    publish(load_settings().marts_dir, ["s-1"])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    data_dir = tmp_path / "data"
    command = [sys.executable, "-m", "cli.main", "notebook", "explore"]
    command += ["--port", str(port), "--data-dir", str(data_dir)]
    root = Path(__file__).resolve().parents[2]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, cwd=root, env=without_settings(), text=True, **pipes) as process:
        assert process.stdout is not None
        said = ""
        while "Ctrl-C" not in said and (line := process.stdout.readline()):
            said += line
        address = re.search(r"http://\S+", said)
        assert address, said
        yield Served(process, address[0], said, data_dir)
        process.kill()


def test_the_page_answers_who_has_the_token_and_stops_on_ctrl_c(served: Served) -> None:
    with httpx.Client(follow_redirects=False) as stranger:
        refused = stranger.get(f"{served.base}?file=explore.py")
        assert refused.status_code == 303 and "/auth/login" in refused.headers["location"]
        assert stranger.post(f"{served.base}api/kernel/run", json={}).status_code == 401
        assert stranger.get(f"{served.base}?access_token=wrong").status_code == 303
    with httpx.Client(follow_redirects=True) as analyst:
        page = analyst.get(served.address)
        assert page.status_code == 200 and "explore" in page.text
    kept = [path for path in served.data_dir.rglob("*") if path.is_file()]
    token_files = [path for path in kept if served.token.encode() in path.read_bytes()]
    assert [path.stat().st_mode & 0o777 for path in token_files] == [0o600]
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(20) == 0
    assert not token_files[0].exists()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(served.base.rsplit(":", 1)[1].strip("/")))) != 0


def test_each_notebook_is_listed_with_its_question(workbench: Workbench) -> None:
    said = workbench("notebook", "list").out.splitlines()
    assert [line.split("\t") for line in said] == [list(item) for item in QUESTIONS.items()]


def test_an_unknown_name_is_answered_with_those_there_are(workbench: Workbench) -> None:
    assert workbench("notebook", "new", "my_cohort").code == 0
    said = workbench("notebook", "nowhere")
    assert said.code == 1 and said.is_one_line
    assert "nowhere" not in said.err and "home, explore" in said.err and "my_cohort" in said.err


def test_before_the_first_set_it_says_what_to_wait_for(workbench: Workbench) -> None:
    said = workbench("notebook")
    assert said.code == 1 and said.is_one_line and "still being built" in said.err


def test_a_taken_port_is_told_before_anything_starts(workbench: Workbench) -> None:
    publish(load_settings().marts_dir, ["s-1"])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        said = workbench("notebook", "--port", port)
    assert said.code == 78 and f"port {port} is in use" in said.err and "--port" in said.err


def test_a_new_notebook_is_a_copy_under_a_name_of_its_own(workbench: Workbench) -> None:
    said = workbench("notebook", "new", "--template", "cohort", "spring")
    path = load_settings().data_dir / "notebooks" / "spring.py"
    assert said.code == 0 and str(path) in said.out
    assert path.read_bytes() == original_of("cohort").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--template", "nothing", "mine"), "There are: home"),
        (("../outside",), "a-z, 0-9 and _"),
        (("explore",), "already"),
    ],
)
def test_what_cannot_be_made_is_one_line(
    workbench: Workbench, arguments: tuple[str, ...], told: str
) -> None:
    said = workbench("notebook", "new", *arguments)
    assert said.code == 1 and said.is_one_line and told in said.err


def test_changes_are_kept_and_what_was_not_changed_follows_the_original(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.lay_out()
    shelf.path("explore").write_text("# mine\n")
    assert shelf.lay_out() == []
    for name in ("explore", "tutor"):  # as an older version of ours had laid them out
        (tmp_path / ".as-copied" / f"{name}.py").write_text("# older\n")
    shelf.path("tutor").write_text("# older\n")
    assert shelf.lay_out() == ["explore"]
    assert shelf.path("explore").read_text() == "# mine\n"
    assert shelf.path("tutor").read_bytes() == original_of("tutor").read_bytes()
