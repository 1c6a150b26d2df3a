"""Secrets are made once, kept to the owner, and the same for everyone who asks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from core.secrets import read_or_create


def test_a_secret_is_long_stays_and_differs_by_name(tmp_path: Path) -> None:
    first = read_or_create(tmp_path / "secrets", "a")
    assert len(first) == 43
    assert read_or_create(tmp_path / "secrets", "a") == first
    assert read_or_create(tmp_path / "secrets", "b") != first


def test_only_the_owner_can_read_secrets(tmp_path: Path) -> None:
    old_mask = os.umask(0)
    try:
        read_or_create(tmp_path / "secrets", "a")
    finally:
        os.umask(old_mask)
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "secrets" / "a").stat().st_mode & 0o777 == 0o600


def test_processes_that_start_together_get_the_same_secret(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from core.secrets import read_or_create;"
        "print(read_or_create(Path(sys.argv[1]), 'a'))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "secrets")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(4)]
    answers = {process.communicate(timeout=30)[0] for process in running}
    assert len(answers) == 1 and len(answers.pop().strip()) == 43
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["a"]


def test_a_draft_that_a_crash_left_does_not_block(tmp_path: Path) -> None:
    (tmp_path / f".a.{os.getpid()}").write_text("half")
    assert len(read_or_create(tmp_path, "a")) == 43
