"""Fixtures of the end-to-end tests: systems that run, and a real browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from core.settings import Settings
from tests.e2e.system import ROOT, System, free_port, is_ready, wait_until


@pytest.fixture(scope="session")
def make_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., System]]:
    made: list[System] = []

    def make(name: str, **overrides: object) -> System:
        ports = {f"{part}_port": free_port() for part in ("ingest", "web", "prefect", "smtp")}
        values = {"data_dir": tmp_path_factory.mktemp(name) / "data"} | ports | overrides
        settings = Settings(**values)  # type: ignore[arg-type]
        known = {k: v for k, v in os.environ.items() if not k.startswith("WORKBENCH_")}
        made.append(System(settings, known | settings.as_environment()))
        return made[-1]

    yield make
    for system in made:
        if system.process and system.process.poll() is None:
            system.stop()


@pytest.fixture(scope="session")
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
    return int(system.read("/v1/mailbox")["total"])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = (ROOT / ".venv" / "browser").read_text().strip()  # written by: make test
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
