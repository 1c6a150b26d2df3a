"""The commands as a person meets them: bounded demo, clean stop, nothing left behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bench.system import System, is_ready, processes_of, wait_until

pytestmark = pytest.mark.timeout(900)


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
