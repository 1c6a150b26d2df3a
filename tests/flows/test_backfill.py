"""History goes from the inbox through the door of a real ingest, once."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from core.errors import BadInput
from core.settings import Settings, child_environment, load_settings
from flows.backfill import INBOX, inbox_files
from tests.flows.conftest import PrefectServer, free_port

POST = "import asyncio; from flows.backfill import backfill; print(asyncio.run(backfill()))"
SESSION = {
    "tutor_id": "t-1",
    "student_id": "u-1",
    "status": "completed",
    "scheduled_start": "2025-11-20T16:00:00-06:00",
    "scheduled_end": "2025-11-20T17:00:00-06:00",
}

TUTOR = {
    "tutor_id": "t-1",
    "display_name": "T. One",
    "started_on": "2025-01-07",
    "time_zone": "America/Chicago",
}


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Settings]:
    settings = load_settings(data_dir=tmp_path, ingest_port=free_port())
    environment = child_environment(settings, {})
    ingest = subprocess.Popen([sys.executable, "-m", "ingest.app"], env=environment)
    try:
        deadline = time.monotonic() + 60
        while not _is_ready(settings):
            assert ingest.poll() is None and time.monotonic() < deadline, "ingest did not start"
            time.sleep(0.2)
        yield settings
    finally:
        ingest.terminate()
        ingest.wait(timeout=20)


def test_the_inbox_is_posted_as_history_and_again_changes_nothing(
    prefect_running: PrefectServer, door: Settings
) -> None:
    inbox = door.data_dir / INBOX
    inbox.mkdir()
    lines = [json.dumps(SESSION | {"session_id": f"s-{n}"}).encode() + b"\n" for n in range(3)]
    with gzip.open(inbox / "sessions-2025.ndjson.gz", "wb") as file:
        file.writelines([*lines, b'{"session_id": "broken"}\n'])
    (inbox / "tutors.ndjson").write_text(json.dumps(TUTOR))
    assert _backfill(prefect_running, door) == "5"
    assert [path.name for path in inbox.iterdir()] == ["done"]
    said = _artifact(prefect_running, "backfill")
    assert "4 accepted, 0 known before, 1 refused" in said and "/status" in said
    assert float(_artifact(prefect_running, "backfill-progress")) == 100
    (inbox / "done" / "sessions-2025.ndjson.gz").rename(inbox / "sessions.ndjson.gz")
    assert _backfill(prefect_running, door) == "4"
    assert "0 accepted, 3 known before, 1 refused" in _artifact(prefect_running, "backfill")


def test_tutors_go_before_sessions_and_links_lead_nowhere(tmp_path: Path) -> None:
    outside = tmp_path / "sessions-of-others.ndjson"
    outside.touch()
    inbox = tmp_path / INBOX
    assert inbox_files(inbox) == []
    (inbox / "sessions-away.ndjson").symlink_to(outside)
    for name in ("sessions.ndjson", "tutors.ndjson"):
        (inbox / name).touch()
    assert [path.name for path in inbox_files(inbox)] == ["tutors.ndjson", "sessions.ndjson"]


def test_a_name_that_does_not_say_what_is_in_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "export.ndjson").touch()
    with pytest.raises(BadInput, match=r"export\.ndjson must begin with tutors or sessions"):
        inbox_files(tmp_path)


def _is_ready(settings: Settings) -> bool:
    try:
        url = f"{settings.ingest_url}/readyz"
        return httpx.get(url, timeout=2, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def _backfill(server: PrefectServer, settings: Settings) -> str:
    environment = server.environment | settings.as_environment()
    ended = subprocess.run(
        [sys.executable, "-c", POST], env=environment, capture_output=True, text=True, timeout=180
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.splitlines()[-1]


def _artifact(server: PrefectServer, key: str) -> str:
    found = [one for one in server.find("artifacts") if one["key"] == key]
    return str(max(found, key=lambda one: str(one["created"]))["data"])
