"""What all tests share: a real browser, and a run that ends when its tests have ended."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from bench.system import BROWSER_OPTIONS, ROOT

_TESTS = Path(__file__).parent
_STATUS = pytest.StashKey[int]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # a room's costly fixtures (processes, built marts) are made once if one worker takes it whole
    for item in items:
        item.add_marker(pytest.mark.xdist_group(item.path.relative_to(_TESTS).parts[0]))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    session.config.stash[_STATUS] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    # marimo's kernels are threads that outlive their sessions; Python would wait for them for ever
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(config.stash.get(_STATUS, 0))


# of a module: as long as Playwright runs, no asyncio test can
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = (ROOT / ".venv" / "browser").read_text().strip()  # written by: make test
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_OPTIONS)
        yield browser
        browser.close()
