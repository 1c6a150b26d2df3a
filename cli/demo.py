"""`workbench demo`: the same processes, a mail catcher, and a pretend company that posts."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Coroutine
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from api.accounts import create_account, list_accounts, set_address
from cli.posting import accepted_seq
from cli.processes import Process, mail_catcher, workbench_processes
from cli.running import banner, console, ready, supervise, until_stopped
from cli.supervisor import Supervisor
from core.choices import Choices
from core.errors import MartsNotPublished, WorkbenchError
from core.marts import Marts
from core.recipients import Recipients
from core.secrets import prefect_login, read_or_create
from core.settings import Settings, child_environment

USERNAME = "coach"
RECIPIENT = "coach@workbench.example"
LEAD = "lead@workbench.example"
_EVERY_LETTER = 100_000
_ONCE_SESSIONS = 20
_SETTLE_SECONDS = 600


def demo_settings(settings: Settings) -> Settings:
    """Returns the settings of a demo: marked as such, letters to the catcher."""
    recipients = settings.mail_recipients or [RECIPIENT]
    return settings.model_copy(update={"demo": True, "mail_recipients": recipients})


@dataclass(frozen=True)
class Company:
    """The size of the pretend company, and how fast it lives."""

    tutors: int
    students: int
    days: int
    sessions_per_day: int
    seed: int
    every_seconds: float
    scenario: str | None = None

    def options(self, live: int) -> list[str]:
        """Returns the feeder's arguments, to post `live` live sessions; 0 means without end."""
        values = asdict(self) | {"live": live}
        return [
            part
            for name, value in values.items()
            if value is not None
            for part in (f"--{name.replace('_', '-')}", str(value))
        ]


def run_demo(settings: Settings, company: Company, *, once: bool) -> None:
    """Runs the demo until a signal comes; with `once`, until a burst of sessions is worked."""
    settings = demo_settings(settings)
    processes = [mail_catcher(settings), *workbench_processes(settings)]

    _write_to_people(settings, [] if once else [LEAD])

    async def work(supervisor: Supervisor) -> None:
        login = _demo_login(settings)
        started = time.monotonic()
        pace = replace(company, every_seconds=0.2) if once else company
        # the history is posted while Prefect still starts
        feeding = asyncio.create_task(_feed(settings, processes, pace, _ONCE_SESSIONS * once))
        try:
            await ready(supervisor)
            if once:
                await feeding
                await _settled(settings)
                _print_summary(settings, time.monotonic() - started)
            else:
                banner(settings, login)
                await _first_to_end(until_stopped(supervisor), feeding)
        finally:
            feeding.cancel()

    supervise(settings, processes, work, with_mail=True)


def _write_to_people(settings: Settings, calm: list[str]) -> None:
    """Puts on the list those who get every letter, and `calm` ones, who get what is flagged."""
    people, now = Recipients(settings.recipients_path), datetime.now(UTC)
    everything = Choices(time_zone=settings.time_zone, hourly_budget=_EVERY_LETTER)
    people.follow_settings(settings.mail_recipients, everything, now)
    for address in {*calm} - {one.address for one in people.all()}:
        people.add(address, Choices(mode="flagged", time_zone=settings.time_zone), now)


def _demo_login(settings: Settings) -> list[tuple[str, str]]:
    password = read_or_create(settings.secrets_dir, "demo-password")
    accounts = settings.accounts_path
    if USERNAME not in {account.username for account in list_accounts(accounts)}:
        create_account(accounts, USERNAME, password, "coach", datetime.now(UTC), "Demo coach")
        set_address(accounts, USERNAME, RECIPIENT)
    return [
        ("Mailbox", f"{settings.web_url}/mailbox"),
        ("Login", f"{USERNAME} / {password}"),
        ("Prefect login", prefect_login(settings.secrets_dir)),
    ]


async def _first_to_end(*waits: Coroutine[Any, Any, None] | asyncio.Task[None]) -> None:
    tasks = {asyncio.ensure_future(wait) for wait in waits}
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


async def _feed(settings: Settings, processes: list[Process], company: Company, live: int) -> None:
    [ingest] = [process for process in processes if process.name == "ingest"]
    while not await asyncio.to_thread(ingest.is_ready):
        await asyncio.sleep(0.2)
    child = await asyncio.create_subprocess_exec(
        # the company gives way to what has to serve it
        *("nice", "-n", "10", sys.executable, "-m", "cli.feeder", *company.options(live)),
        env=child_environment(settings, {}),
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        await _draw(child)
    except asyncio.CancelledError:
        child.kill()
        raise
    if await child.wait() != 0:
        raise WorkbenchError("The pretend company could not post. See the lines above.")


async def _draw(child: asyncio.subprocess.Process) -> None:
    assert child.stdout is not None
    columns = [TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[note]}")]
    with Progress(*columns, TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task("  Making up the company", total=None, note="")
        while line := await child.stdout.readline():
            bar.update(task, **_bar(json.loads(line)))


def _bar(told: dict[str, Any]) -> dict[str, Any]:
    if told["stage"] == "backfill":
        note = f"{told['sent']:,} of {told['total']:,} sessions"
        return {
            "description": "  Posting its history",
            "completed": told["sent"],
            "total": told["total"],
            "note": note,
        }
    if told["stage"] == "live":
        return {
            "description": "  Live sessions",
            "completed": 1,
            "total": 1,
            "note": f"{told['sent']:,} posted",
        }
    return {}


async def _settled(settings: Settings) -> None:
    """Returns when every accepted record is published and every letter is in the catcher."""
    wanted = await asyncio.to_thread(accepted_seq, settings)
    deadline = time.monotonic() + _SETTLE_SECONDS
    while not _is_settled(settings, wanted):
        if time.monotonic() > deadline:
            raise WorkbenchError("Not everything was worked in time. See workbench.log.")
        await asyncio.sleep(0.3)


def _is_settled(settings: Settings, wanted: int) -> bool:
    marts = Marts(settings.marts_dir)
    try:
        if marts.published().ingest_seq < wanted:
            return False
    except MartsNotPublished:
        return False
    return _letters(settings) >= _reports(marts) * len(settings.mail_recipients)


def _reports(marts: Marts) -> int:
    return int(marts.rows("SELECT count(*) AS n FROM rpt_session_reports")[0]["n"])


def _letters(settings: Settings) -> int:
    return sum(1 for _ in (settings.mailbox_dir / "new").glob("*"))


def _print_summary(settings: Settings, seconds: float) -> None:
    marts = Marts(settings.marts_dir)
    fresh = marts.rows("SELECT * FROM rpt_freshness")[0]
    console.print(
        f"Worked in {seconds:.0f} s: {fresh['session_count']:,} sessions, "
        f"{fresh['tutor_count']:,} tutors, {fresh['needs_attention_count']} need attention, "
        f"{_letters(settings)} letters, set {marts.published().number}.",
        soft_wrap=True,
    )
