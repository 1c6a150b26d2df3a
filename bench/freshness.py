"""How long a live session takes from its 202 to the marts, to the letter, to an open dashboard.

One session a second is posted on top of 90 days of the pretend company's history.
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench.report import percentile, tell
from bench.system import (
    BROWSER_OPTIONS,
    READY_SECONDS,
    ROOT,
    System,
    is_ready,
    temporary_system,
    wait_until,
)
from core.marts import Marts
from core.secrets import read_or_create

SESSIONS = 60
TUTOR = "t-00001"
_SESSION_HEADER = re.compile(rb"^X-Workbench-Session: *(\S+)", re.MULTILINE)


@dataclass
class Sightings:
    """When each session was accepted, and when it was first seen in each place (monotonic)."""

    accepted: dict[str, float] = field(default_factory=dict)
    marts: dict[str, float] = field(default_factory=dict)
    letters: dict[str, float] = field(default_factory=dict)
    dashboard: dict[str, float] = field(default_factory=dict)

    def waits(self, place: str) -> list[float]:
        seen: dict[str, float] = getattr(self, place)
        return [seen[name] - at for name, at in self.accepted.items() if name in seen]

    def all_seen(self) -> bool:
        return all(
            len(self.waits(place)) == SESSIONS for place in ("marts", "letters", "dashboard")
        )


def main() -> None:
    with temporary_system() as system:
        seconds = _start_with_history(system)
        tell("demo_to_dashboard_with_90_days", seconds, "s", "<= 60")
        sightings = _watch(system)
        for place, goal in [("marts", "<= 10"), ("letters", "<= 12"), ("dashboard", "<= 12")]:
            waits = sightings.waits(place)
            middle = "<= 5" if place == "marts" else "-"
            tell(f"{place}_p50", percentile(waits, 0.50), "s", middle, seen=len(waits))
            tell(f"{place}_p95", percentile(waits, 0.95), "s", goal, seen=len(waits))


def _start_with_history(system: System) -> float:
    started = time.monotonic()
    system.start("demo", "--every-seconds", "3600", "--data-dir", str(system.settings.data_dir))
    wait_until(lambda: is_ready(system), READY_SECONDS, "all processes ready")
    done = system.settings.data_dir / "demo.json"
    wait_until(done.exists, 240, "the history posted")
    marts = Marts(system.settings.marts_dir)
    wait_until((system.settings.marts_dir / "current.json").exists, 120, "a first set")
    wait_until(lambda: _session_count(marts) > 240_000, 240, "the history published")
    return time.monotonic() - started


def _session_count(marts: Marts) -> int:
    return int(marts.rows("SELECT count(*) AS n FROM fct_sessions")[0]["n"])


def _watch(system: System) -> Sightings:
    sightings, stop = Sightings(), threading.Event()
    watchers = [
        threading.Thread(target=_watch_marts, args=(system, sightings, stop)),
        threading.Thread(target=_watch_letters, args=(system, sightings, stop)),
        threading.Thread(target=_post, args=(system, sightings)),
    ]
    with sync_playwright() as playwright:
        path = (ROOT / ".venv" / "browser").read_text().strip()
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_OPTIONS)
        page = _open_tutor(system, browser.new_page())
        for watcher in watchers:
            watcher.start()
        _watch_page(page, sightings)
        stop.set()
        browser.close()
    for watcher in watchers:
        watcher.join()
    return sightings


def _post(system: System, sightings: Sightings) -> None:
    for number in range(SESSIONS):
        started = time.monotonic()
        end = datetime.now(UTC)
        name = f"bench-{number:03}"
        system.post(_session(name, end)).raise_for_status()
        sightings.accepted[name] = time.monotonic()
        time.sleep(max(0.0, 1 - (time.monotonic() - started)))


def _session(name: str, end: datetime) -> dict[str, object]:
    start = end - timedelta(hours=1)
    return {
        "session_id": name,
        "tutor_id": TUTOR,
        "student_id": "st-bench",
        "status": "completed",
        "scheduled_start": start.isoformat(),
        "scheduled_end": end.isoformat(),
        "tutor_joined_at": start.isoformat(),
    }


def _watch_marts(system: System, sightings: Sightings, stop: threading.Event) -> None:
    marts = Marts(system.settings.marts_dir)
    query = "SELECT session_id FROM fct_sessions WHERE session_id LIKE 'bench-%'"
    number = 0
    while not stop.is_set():
        if (newest := marts.published().number) != number:
            number = newest
            for row in marts.rows(query):
                sightings.marts.setdefault(row["session_id"], time.monotonic())
        time.sleep(0.05)


def _watch_letters(system: System, sightings: Sightings, stop: threading.Event) -> None:
    known: set[Path] = set()
    while not stop.is_set():
        for path in set((system.settings.mailbox_dir / "new").glob("*")) - known:
            known.add(path)
            if found := _SESSION_HEADER.search(path.read_bytes()):
                sightings.letters.setdefault(found[1].decode(), time.monotonic())
        time.sleep(0.1)


def _open_tutor(system: System, page: Page) -> Page:
    page.set_default_timeout(60_000)
    page.goto(f"{system.settings.web_url}/dashboard/?tutor={TUTOR}")
    page.locator("input[name=username]").fill("coach")
    page.locator("input[name=password]").fill(
        read_or_create(system.settings.secrets_dir, "demo-password")
    )
    page.keyboard.press("Enter")
    page.locator("a[href*='session=']").first.wait_for()
    return page


def _watch_page(page: Page, sightings: Sightings) -> None:
    deadline = time.monotonic() + SESSIONS + 60
    while not sightings.all_seen() and time.monotonic() < deadline:
        links = page.locator("a[href*='session=bench-']").evaluate_all(
            "all => all.map(a => a.href)"
        )
        for link in links:
            sightings.dashboard.setdefault(link.rpartition("=")[2], time.monotonic())
        time.sleep(0.5)


if __name__ == "__main__":
    main()
