"""What all tests share: a real browser, and a run that ends when its tests have ended."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from bench.system import BROWSER_OPTIONS, ROOT
from tests.scheduling import ByWhatTheyShare, place

_STATUS = pytest.StashKey[int]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=place)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByWhatTheyShare:
    return ByWhatTheyShare(config, log)


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
