"""How fast the dashboard opens, answers a click and is pushed, in a real browser.

    python -m bench.dashboard [--size 3M] [--viewers 50]

5,000 tutors and 3 million sessions. Walls are the browser's own clock, from the click or the
opening to the frame after the words are there; CPU is that of the web process.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psutil
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from api.accounts import create_account
from bench.build import Company, company_of
from bench.report import percentile, tell
from bench.system import BROWSER_OPTIONS, ROOT
from bench.web_process import WebProcess, publish, running_web
from core.marts import POINTER, Marts

_PASSWORD = "only for this benchmark"
_ROUNDS = 8
_IDLE_SECONDS = 10
# the words of the page are in shadow roots of our own widgets
_SEEN = """([selector, words]) => new Promise((done, fail) => {
    setTimeout(() => fail(new Error(`no ${selector} after 300 s`)), 300_000);
    const find = () => [...document.querySelectorAll("*")]
        .filter((element) => element.shadowRoot)
        .some(({ shadowRoot }) => [...shadowRoot.querySelectorAll(selector)]
            .some((element) => element.textContent.includes(words)));
    const look = () => find()
        ? requestAnimationFrame(() => done(performance.now()))
        : setTimeout(look, 5);
    look();
})"""
# the live page has taken the place of the first view
_LIVE = """() => new Promise((done, fail) => {
    setTimeout(() => fail(new Error("not live after 300 s")), 300_000);
    const isLive = () => document.readyState === "complete"
        && !document.getElementById("first-view");
    const look = () => isLive() ? done(performance.now()) : setTimeout(look, 5);
    look();
})"""
_CLICK = """(href) => {
    for (const { shadowRoot } of [...document.querySelectorAll("*")].filter((e) => e.shadowRoot)) {
        const link = shadowRoot.querySelector(`main a[href="${href}"], a[href="${href}"]`);
        if (link) { link.click(); return performance.now(); }
    }
}"""


@dataclass(frozen=True)
class Use:
    """What the web process has used: CPU seconds, and bytes of its own memory."""

    cpu: float
    memory: int

    @classmethod
    def of(cls, web: WebProcess) -> Use:
        process = psutil.Process(web.pid)
        times = process.cpu_times()
        return cls(times.user + times.system, process.memory_full_info().uss)


@contextmanager
def _logged_in(web: WebProcess) -> Iterator[BrowserContext]:
    """Gives a browser without a cache, logged in as a coach."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=(ROOT / ".venv" / "browser").read_text().strip(), args=BROWSER_OPTIONS
        )
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        page.goto(f"{web.settings.web_url}/login")
        page.get_by_label("Name").fill("bench")
        page.get_by_label("Password").fill(_PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(lambda url: "/login" not in url, wait_until="commit")
        page.close()
        yield context
        browser.close()


def _seconds_until(page: Page, selector: str, words: str = "") -> float:
    """Returns the seconds since the page was asked for until some words are on it."""
    return float(page.evaluate(_SEEN, [selector, words])) / 1_000


def _seconds_until_live(page: Page) -> float:
    return float(page.evaluate(_LIVE)) / 1_000


def _open(context: BrowserContext, web: WebProcess, query: str = "") -> tuple[Page, list[int]]:
    """Returns a page that is opening, and a list that gets the bytes of each answer."""
    page = context.new_page()
    sizes: list[int] = []
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda told: sizes.append(int(told["encodedDataLength"])))
    page.goto(f"{web.settings.web_url}/dashboard/{query}", wait_until="commit")
    return page, sizes


def _measure_openings(web: WebProcess) -> None:
    with _logged_in(web) as context:
        page, sizes = _open(context, web)
        tell("dashboard_cold", _seconds_until(page, ".case"), "s", "<= 3")
        tell("dashboard_cold_live", _seconds_until_live(page), "s", "-")
        time.sleep(2)
        tell("dashboard_cold_bytes", sum(sizes) / 1e6, "MB", "<= 3")
        page.close()
        tutor = web.tutors[0]
        figures, charts, live = [], [], []
        kept: list[float] = []
        for _ in range(_ROUNDS):
            page, sizes = _open(context, web)
            figures.append(_seconds_until(page, ".case"))
            live.append(_seconds_until_live(page))
            time.sleep(1)
            kept.append(sum(sizes))
            page.close()
            page, _ = _open(context, web, f"?tutor={tutor}")
            charts.append(_seconds_until(page, ".plot svg"))
            _seconds_until_live(page)
            page.close()
        tell("dashboard_warm_first_figures_p50", percentile(figures, 0.5), "s", "<= 1.0")
        tell("dashboard_warm_charts_p50", percentile(charts, 0.5), "s", "<= 1.5")
        tell("dashboard_warm_live_p50", percentile(live, 0.5), "s", "-")
        tell(
            "dashboard_warm_bytes",
            percentile([float(size) for size in kept], 0.5) / 1e3,
            "kB",
            "<= 100",
        )


def _measure_clicks(web: WebProcess) -> None:
    with _logged_in(web) as context:
        page, _ = _open(context, web)
        _seconds_until_live(page)
        _seconds_until(page, ".case")
        links = page.locator(".case h2 a").evaluate_all(
            "links => links.map((link) => [link.getAttribute('href'), link.textContent])"
        )
        spent = []
        for href, name in links[:_ROUNDS]:
            time.sleep(1)  # nobody clicks while a page is still being drawn
            clicked = float(page.evaluate(_CLICK, href)) / 1_000
            spent.append(_seconds_until(page, "h1", name) - clicked)
            page.go_back()
            _seconds_until(page, ".case")
        tell("dashboard_click_p50", 1_000 * percentile(spent, 0.5), "ms", "<= 300")
        tell("dashboard_click_p95", 1_000 * percentile(spent, 0.95), "ms", "-")


def _measure_viewers(web: WebProcess, company: Company, count: int) -> None:
    with _logged_in(web) as context:
        first, _ = _open(context, web)
        _seconds_until_live(first)
        before = Use.of(web)
        opened = [_open(context, web)[0] for _ in range(count)]
        for page in opened:
            _seconds_until_live(page)
        time.sleep(2)
        after = Use.of(web)
        tell("dashboard_viewer_cpu", (after.cpu - before.cpu) / count, "s", "<= 0.15")
        tell("dashboard_viewer_memory", (after.memory - before.memory) / count / 1e6, "MB", "<= 1")
        idle = Use.of(web)
        time.sleep(_IDLE_SECONDS)
        share = (Use.of(web).cpu - idle.cpu) / _IDLE_SECONDS
        tell("dashboard_idle_cpu", 100 * share, "% of a core", "~0", viewers=count)
        _measure_push(web, company, opened)


def _measure_push(web: WebProcess, company: Company, pages: list[Page]) -> None:
    marts = Marts(web.settings.marts_dir)
    words = f"set {marts.published().number + 1}"
    for page in pages:
        page.evaluate(
            "(asked) => { window.seen = (" + _SEEN + ")(asked).then(() => Date.now()); }",
            ["footer", words],
        )
    before = Use.of(web)
    next(company.batches(1))
    # the company's own clock stands still: the pointer's file says when it really was
    published = (web.settings.marts_dir / POINTER).stat().st_mtime
    seen = [float(page.evaluate("window.seen")) / 1_000 - published for page in pages]
    time.sleep(1)
    cpu = (Use.of(web).cpu - before.cpu) / len(pages)
    tell("dashboard_push_last_viewer", max(seen), "s", "<= 2", viewers=len(pages))
    tell("dashboard_push_cpu", 1_000 * cpu, "ms a viewer", "<= 20")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", choices=["100k", "3M"], default="3M")
    parser.add_argument("--viewers", type=int, default=50)
    asked: Any = parser.parse_args()
    expect.set_options(timeout=60_000)
    with company_of(asked.size, 2) as company:
        company.full_build()
        publish(company)
        with running_web(company.folder) as web:
            path = web.settings.accounts_path
            create_account(path, "bench", _PASSWORD, "coach", datetime.now(UTC))
            _measure_openings(web)
            _measure_clicks(web)
            _measure_viewers(web, company, asked.viewers)


if __name__ == "__main__":
    main()
