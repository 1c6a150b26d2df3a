"""Fixtures of the end-to-end tests: systems that run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from bench.system import System, is_ready, new_system, wait_until


# of the package, not the session: what runs on would take the time of all tests that follow
@pytest.fixture(scope="package")
def make_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., System]]:
    made: list[System] = []

    def make(name: str, **overrides: object) -> System:
        made.append(new_system(tmp_path_factory.mktemp(name), **overrides))
        return made[-1]

    yield make
    for system in made:
        if system.process and system.process.poll() is None:
            system.stop()


@pytest.fixture(scope="package")
def demo(make_system: Callable[..., System]) -> System:
    """A small company, running, with its history published and letters coming in."""
    system = make_system("demo")
    small = ["--tutors", "60", "--students", "400", "--sessions-per-day", "300", "--days", "60"]
    system.start(
        "demo", *small, "--every-seconds", "2", "--data-dir", str(system.settings.data_dir)
    )
    wait_until(lambda: is_ready(system), 180, "all processes ready")
    wait_until(lambda: _letters(system), 180, "a first letter")
    return system


def _letters(system: System) -> int:
    return int(system.read("/v1/mailbox")["count"])
