"""The quickstart for analysts does what it says: each command and each block, in its order."""

from __future__ import annotations

import re
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path

from core.settings import without_settings
from notebooks.client import Client
from tests.warehouse.test_notebooks import data_dir, published  # noqa: F401 - fixtures

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "quickstart-analyst.md").read_text()


def _run(line: str, folder: Path, port: int) -> str:
    """Returns what a command says; one that serves is stopped with Ctrl-C once it does."""
    words = shlex.split(line)
    command = [sys.executable, "-m", "cli.main", *words[1:], "--data-dir", str(folder)]
    if not {"list", "new"} & set(words):
        command += ["--port", str(port)]
    with subprocess.Popen(
        command, cwd=ROOT, env=without_settings(), text=True, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        said = ""
        while told := process.stdout.readline():
            said += told
            if "Ctrl-C" in told:
                process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0, line
    return said


def test_every_command_works_as_printed(published: Client, data_dir: Path) -> None:  # noqa: F811
    lines = [
        line for block in re.findall(r"```sh\n(.+?)```", PAGE, re.S) for line in block.split("\n")
    ]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    said = {line: _run(line, data_dir, port) for line in lines if line}
    assert published.number == 1 and len(said) == 5
    assert "file=home.py&access_token=" in said["workbench notebook"]
    assert "file=spring_cohort.py" in said["workbench notebook spring_cohort"]


def test_every_block_of_python_works_as_printed(published: Client) -> None:  # noqa: F811
    names: dict[str, object] = {}
    for block in re.findall(r"```python\n(.+?)```", PAGE, re.S):
        exec(block, names)
    assert isinstance(names["client"], Client) and published.number == names["client"].number
