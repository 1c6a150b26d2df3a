"""docs/quickstart-curl.md: its commands are run as printed, and print what it shows."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.settings import Settings, without_settings

PAGE = (Path(__file__).parents[2] / "docs" / "quickstart-curl.md").read_text()
# commands, and the answer right below them where one is shown
STEPS = re.findall(r"^```sh\n(.*?)^```\n(?:\n```\n(.*?)^```$)?", PAGE, re.M | re.S)
END_OF_STEP = "\x1e"
VOLATILE = {
    "REQUEST-ID": r"\b[0-9a-f]{12}-[0-9a-f]+\b",
    "TIME": r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00",
    "DAY": r"(?<=received_on=)\d{4}-\d\d-\d\d",
}
Make = Callable[..., Any]


@pytest.fixture
def bash(tmp_path: Path, ingest_settings: Settings) -> Iterator[Callable[[str], Any]]:
    """Gives a starter of scripts for which the page's URL and `workbench` are this test's."""
    if missing := [name for name in ("bash", "curl", "openssl", "gzip") if not shutil.which(name)]:
        names = " ".join(missing)
        pytest.fail(f"Missing: {names}. On Debian: apt-get install {names}", pytrace=False)
    environment = without_settings() | ingest_settings.as_environment()
    environment |= {
        "PATH": f"{Path(sys.executable).parent}:{environment['PATH']}",
        "URL": ingest_settings.ingest_url,
        "HOME": str(tmp_path),  # not the .curlrc of whoever runs the tests
    }
    started: list[subprocess.Popen[str]] = []

    def start(script: str) -> subprocess.Popen[str]:
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        command = ["bash", "-euc", script]
        started.append(subprocess.Popen(command, env=environment, cwd=tmp_path, text=True, **pipes))
        return started[-1]

    yield start
    for process in started:
        with process:
            process.kill()


def _shape(text: str) -> str:
    """Returns what is the same in every run, without white space, since the page wraps lines."""
    for name, pattern in VOLATILE.items():
        text = re.sub(pattern, name, text)
    return re.sub(r"\s", "", text)


def test_every_command_prints_what_the_page_shows(ingest_process: Make, bash: Make) -> None:
    blocks = sum(1 + bool(shown) for _, shown in STEPS)
    assert len(re.findall("^```", PAGE, re.M)) == 2 * blocks, "a block is no command and no answer"
    script = "".join(f"{commands}printf '{END_OF_STEP}'\n" for commands, _ in STEPS)
    with ingest_process(drain_seconds=0.1):
        process = bash(script)
        printed, errors = process.communicate(timeout=120)
    assert (process.returncode, errors) == (0, "")
    answers = [_shape(answer) for answer in printed.split(END_OF_STEP)]
    assert answers == [*(_shape(shown) for _, shown in STEPS), ""]


def test_its_script_tries_again_while_ingest_is_down_and_when_it_is_told_to_wait(
    ingest_process: Make, bash: Make, ingest_token: Make, make_session: Make, tmp_path: Path
) -> None:
    (tmp_path / "session.json").write_text(json.dumps(make_session()))
    token = ingest_token("ingest:write")["Authorization"].removeprefix("Bearer ")
    [send] = [commands for commands, _ in STEPS if "--retry" in commands]
    process = bash(f"TOKEN={token}\nJSON='Content-Type: application/json'\n{3 * send}")
    assert any("connection refused. Will retry" in line for line in process.stderr)
    with ingest_process(max_requests_per_second=0.5):  # one at once, so the next is told to wait
        printed, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert "HTTP error. Will retry" in errors
    assert re.findall(r'"(accepted|duplicates)":1', printed) == ["accepted", *["duplicates"] * 2]
