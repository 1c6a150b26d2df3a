"""The quickstarts for people do what they say: every command, in its order, on a running demo."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from bench.system import ROOT, System, is_ready, wait_until

pytestmark = pytest.mark.timeout(900)
_SET_UP = re.compile(r"^(\. \.venv|export WORKBENCH_DATA_DIR).*\n", re.MULTILINE)


def _follow(page: str, demo: System, folder: Path) -> str:
    """Returns what a page's commands print, run as one script against the demo."""
    words = (ROOT / "docs" / page).read_text()
    script = "".join(re.findall(r"```sh\n(.+?)```", words, re.DOTALL))
    assert _SET_UP.search(script)
    script = _SET_UP.sub("", script)
    script = script.replace("http://127.0.0.1:8000", demo.settings.ingest_url)
    script = script.replace("http://127.0.0.1:8080", demo.settings.web_url)
    # tests before this one kill some of its processes, and `workbench status` would say so
    wait_until(lambda: is_ready(demo), 180, "all processes ready")
    path = f"{ROOT / '.venv' / 'bin'}:{os.defpath}"
    ended = subprocess.run(
        ["bash", "-eu", "-c", script],
        env=demo.environment | {"PATH": path},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ended.returncode == 0, f"{ended.stdout[-2_000:]}\n{ended.stderr[-2_000:]}"
    return ended.stdout


def test_a_newcomer_sees_one_session_go_from_the_door_to_the_letter(
    demo: System, tmp_path: Path
) -> None:
    said = _follow("quickstart-tour.md", demo, tmp_path)
    door, read, letter = said.partition('"session_id": "tour-1"')
    assert read and '"accepted":1' in door
    assert "records not yet in it" in letter
    assert "Session tour-1 of" in letter and "caused by: tutor" in letter
    assert '"items":[{' in letter


def test_an_admin_lets_a_coach_in_and_says_what_she_gets(demo: System, tmp_path: Path) -> None:
    said = _follow("quickstart-coach.md", demo, tmp_path)
    assert "cleo may log in as coach." in said
    assert "cleo sees tutors of maria@company.example, omar@company.example." in said
    listed = said.rsplit("cleo@company.example", 1)[1]
    assert "teams maria@company.example" in listed and "quiet 20:00-07:00" in listed


def test_who_runs_it_looks_at_everything_and_finds_it_well(demo: System, tmp_path: Path) -> None:
    said = _follow("quickstart-operations.md", demo, tmp_path)
    assert '"is_ready": true' in said and said.count('"status":"ready"') == 2
    assert "# HELP" in said
    assert "The lake is sound" in said
    assert "Platform baseline" in said
