"""The commands as a person meets them: bounded demo, clean stop, nothing left behind."""

from __future__ import annotations

import time
from collections.abc import Callable

import psutil

from bench.system import System, is_ready, processes_of, wait_until


def test_demo_once_works_everything_and_leaves_no_process(
    make_system: Callable[..., System],
) -> None:
    system = make_system("once")
    small = ["--tutors", "40", "--students", "200", "--sessions-per-day", "150", "--days", "40"]
    done = system.run("demo", "--once", *small, "--data-dir", str(system.settings.data_dir))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "20 letters" in done.stdout
    assert processes_of(system) == []


def test_up_stops_within_five_seconds_and_leaves_no_process(
    make_system: Callable[..., System],
) -> None:
    system = make_system("stop")
    system.start("up")
    wait_until(lambda: is_ready(system), 180, "all processes ready")
    assert len(processes_of(system)) >= 5
    assert system.stop() < 5
    assert processes_of(system) == []


def test_a_killed_runner_is_back_by_itself(demo: System) -> None:
    before = _named(demo, "flows.runner")
    before.kill()
    wait_until(lambda: _named(demo, "flows.runner").pid != before.pid, 60, "a new runner")
    published = demo.read("/v1/freshness")["published"]
    wait_until(lambda: demo.read("/v1/freshness")["published"] > published, 90, "a new set")


def test_ingest_goes_on_while_prefect_is_down_and_the_runner_catches_up(demo: System) -> None:
    _named(demo, "prefect.server").kill()
    answer = demo.post(_session(f"while-down-{time.time_ns()}"))
    assert answer.status_code == 202
    session_id = answer.request.read().decode().split('"session_id":"')[1].split('"')[0]
    wait_until(lambda: _is_known(demo, session_id), 120, "the session published")


def _is_known(system: System, session_id: str) -> bool:
    tutor = system.read("/v1/tutors/t-00001/sessions?limit=500")
    return session_id in {session["session_id"] for session in tutor["items"]}


def _session(session_id: str) -> dict[str, str]:
    return {
        "session_id": session_id,
        "tutor_id": "t-00001",
        "student_id": "st-1",
        "status": "completed",
        "scheduled_start": "2026-11-20T16:00:00-06:00",
        "scheduled_end": "2026-11-20T17:00:00-06:00",
    }


def _named(system: System, part: str) -> psutil.Process:
    found = [
        process
        for process in processes_of(system)
        if any(part in word for word in process.cmdline())
    ]
    return found[0] if found else psutil.Process()
