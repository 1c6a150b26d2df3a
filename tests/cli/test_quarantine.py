"""What was refused, by hand, against a real ingest process."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from cli.processes import local_token
from core.settings import child_environment, load_settings
from tests.cli.conftest import Workbench

BAD = b'{"session_id": "s-1", "status": "done"}'


@pytest.fixture
def refusing(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An ingest that runs and has refused one record; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        monkeypatch.setenv("WORKBENCH_INGEST_PORT", str(probe.getsockname()[1]))
    settings = load_settings()
    environment = child_environment(settings, {})
    process = subprocess.Popen(
        [sys.executable, "-m", "ingest.app"], env=environment, stderr=subprocess.DEVNULL
    )
    headers = {"Authorization": f"Bearer {local_token(settings, {'ingest:write'})}"}
    deadline = time.monotonic() + 60
    while not _is_up(settings.ingest_url):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.1)
    sent = {"content": BAD, "headers": headers | {"Content-Type": "application/json"}}
    assert httpx.post(f"{settings.ingest_url}/v1/sessions", **sent).status_code == 422
    yield settings.ingest_url
    process.terminate()
    process.wait(timeout=20)


def _is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.usefixtures("refusing")
def test_what_was_refused_is_listed_exported_and_tried_again(
    workbench: Workbench, tmp_path: Path
) -> None:
    listed = workbench("quarantine", "list").out
    assert "workbench-cli  sessions  /tutor_id: This field is required; add it." in listed
    assert listed.endswith("1 in quarantine.\n")
    file = tmp_path / "refused.ndjson"
    assert workbench("quarantine", "export", str(file)).code == 0
    assert file.read_bytes() == BAD + b"\n" and file.stat().st_mode & 0o777 == 0o600
    tried = workbench("quarantine", "replay").out
    assert tried == "Tried again: 0 accepted, 0 duplicates, 1 still refused.\n"


def test_without_an_ingest_it_is_one_line(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        monkeypatch.setenv("WORKBENCH_INGEST_PORT", str(probe.getsockname()[1]))
    said = workbench("quarantine", "list")
    assert said.code == 1 and said.is_one_line and "workbench up" in said.err
