"""What letters cost, and whether all arrive: `python -m bench.letters`.

3,000 letters in a real outbox, and a real mail server in a process of its own. Then the same with a
server that fails 30 of 100 and a sender that is killed 20 times; each round is an hour
later by the sender's clock, so that what was put off is due. A repeat is explained when the answer
to the letter before was lost, or when its sender was killed before it could note the answer.
"""

from __future__ import annotations

import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import uvloop

from bench.door import DoorProcess, door
from bench.open_loop import offer, request_maker
from bench.report import percentile, tell
from bench.system import ROOT, free_port, wait_until
from core.choices import Choices
from core.recipients import Recipients
from core.settings import Settings, load_settings, without_settings
from flows.emails.outbox import Outbox
from flows.emails.owing import owe_reports
from flows.emails.report import Report

LETTERS, KILLS, FAILING = 3_000, 20, 30
RATE, SECONDS, ROUNDS = 100, 12, 5
_IN_FLIGHT_SECONDS = 0.5  # the server may still take what a killed sender had written
_WORKER = [sys.executable, "-m", "bench.letters_processes"]


@dataclass
class Post:
    """A workbench's outbox, a mail server beside it, and what that took, in order."""

    settings: Settings
    log: Path
    kills: list[float] = field(default_factory=list)

    def fill(self, first: int, now: datetime) -> float:
        """Returns the CPU seconds that owing 3,000 letters took."""
        people = Recipients(self.settings.recipients_path)
        if not people.all():
            people.add("ann@qa.example", Choices(hourly_budget=10**6), now - timedelta(days=1))
        started = time.process_time()
        with Outbox(self.settings.outbox_path) as outbox:
            reports = (make_report(first + n, now) for n in range(LETTERS))
            owed = owe_reports(outbox, reports, people.all(), "qa.example", now)
        assert owed == LETTERS
        return time.process_time() - started

    def sender(self, hours: float) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*_WORKER, "sender", str(hours)],
            env=without_settings() | self.settings.as_environment(),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )

    def drain(self, hours: float = 0) -> tuple[int, int, float, float]:
        """Returns what was sent and still waits, CPU and wall seconds of sending."""
        said, _ = self.sender(hours).communicate(timeout=600)
        sent, waiting, cpu, wall = said.split()
        return int(sent), int(waiting), float(cpu), float(wall)

    def taken(self) -> list[tuple[float, str, str]]:
        """Returns when each letter was taken, whether it was answered, and its Message-ID."""
        lines = (line.split() for line in self.log.read_text().splitlines())
        return [(float(at), state, message_id) for at, state, message_id in lines]


def make_report(number: int, now: datetime) -> Report:
    """Returns a report with all that a long letter has."""
    reason = {"points": "-2.1", "reason_text": "late or absent in 5 of 38 sessions, others 4 %"}
    start = now - timedelta(hours=1)
    return Report.model_validate(
        {
            "session_id": f"S-{number}",
            "version": 1,
            "tutor_id": f"T-{number % 300}",
            "display_name": "Teresa Rivera",
            "subject": "Algebra",
            "scheduled_start": start,
            "scheduled_end": now,
            "time_zone": "America/Chicago",
            "status": "completed",
            "caused_by": None,
            "headline": "Started 11 min late",
            "severity": "WATCH",
            "facts": [{"label": f"Fact {n}", "value": "49 of 60 minutes"} for n in range(5)],
            "is_first_session": True,
            "score": "41.2",
            "score_low": "35.0",
            "score_high": "47.3",
            "score_before": "45.4",
            "score_state": "scored",
            "state_text": None,
            "session_count": 38,
            "window_days": 90,
            "reasons": [reason] * 3,
            "trend": [{"on": start.date(), "score": 60 - 3 * n} for n in range(8)],
            "received_at": now,
            "as_of": now,
            "ingest_seq": number,
            "formula_version": 3,
        }
    )


@contextmanager
def post(folder: Path, failing: int) -> Iterator[Post]:
    port, log = free_port(), folder / "taken.log"
    log.touch()
    settings = load_settings(data_dir=folder / "data", smtp_port=port)
    server = subprocess.Popen([*_WORKER, "server", str(port), str(log), str(failing)], cwd=ROOT)
    try:
        wait_until(lambda: _answers(port), 30, "the mail server")
        yield Post(settings, log)
    finally:
        server.kill()
        server.wait()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def measure_cost(folder: Path) -> None:
    with post(folder, failing=0) as quiet:
        owing = quiet.fill(0, datetime.now(UTC))
        sent, waiting, cpu, wall = quiet.drain()
    assert (sent, waiting) == (LETTERS, 0)
    tell("letters_drain", wall, "s", "<= 90", letters=LETTERS)
    tell("letter_cpu", (cpu + owing) / LETTERS * 1e3, "ms", "<= 10", owing_s=round(owing, 2))


def measure_faults(folder: Path) -> None:
    chance = random.Random(11)
    with post(folder, FAILING) as bad:
        bad.fill(0, datetime.now(UTC))
        for hours in range(KILLS):
            _kill_after(bad, hours, len(bad.taken()) + chance.randrange(1, 120))
        waiting, hours = LETTERS, KILLS
        while waiting and hours < 3 * 24:
            _, waiting, _, _ = bad.drain(hours)
            hours += 1
        taken = bad.taken()
    wanted = {
        make_report(n, datetime.now(UTC)).message_id("ann@qa.example", "qa.example")
        for n in range(LETTERS)
    }
    repeats, unexplained = count_repeats(taken, bad.kills)
    facts = {"kills": len(bad.kills), "failing": FAILING, "repeats": repeats}
    tell("letters_missing", len(wanted - {one for _, _, one in taken}), "letters", "<= 0", **facts)
    tell("letters_repeated_unexplained", unexplained, "letters", "<= 0", **facts)


def _kill_after(bad: Post, hours: float, wanted: int) -> None:
    sender = bad.sender(hours)
    deadline = time.monotonic() + 20
    while len(bad.taken()) < wanted and sender.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    was_sending = sender.poll() is None
    sender.kill()
    sender.wait()
    if was_sending:
        time.sleep(_IN_FLIGHT_SECONDS)
        bad.kills.append(time.time())


def count_repeats(taken: list[tuple[float, str, str]], kills: list[float]) -> tuple[int, int]:
    """Returns how many letters were taken again, and how often that has no explanation."""
    # one connection at a time: the last letter taken before a kill is the one that was under way
    under_way = {max((one for one in taken if one[0] <= kill), default=None) for kill in kills}
    found = defaultdict(list)
    for one in taken:
        found[one[2]].append(one[1] == "lost" or one in under_way)
    repeats = sum(len(excused) - 1 for excused in found.values())
    return repeats, sum(not excuse for excused in found.values() for excuse in excused[:-1])


def measure_ingest(folder: Path) -> None:
    ratios = []
    with door(folder / "door") as process, post(folder, failing=0) as beside:
        for turn in range(ROUNDS):
            beside.fill(turn * LETTERS + 10**6, datetime.now(UTC))
            alone = _p99(process, 2 * turn)
            sender = beside.sender(0)
            mailing = _p99(process, 2 * turn + 1)
            sender.communicate(timeout=300)
            ratios.append(mailing / alone)
    tell("ingest_p99_while_mailing", median(ratios), "ratio", "<= 1.2", rounds=ratios)


def _p99(process: DoorProcess, turn: int) -> float:
    make = request_maker(process.token(), 1)
    numbers = range(turn * 10**6, turn * 10**6 + RATE * SECONDS)
    offered = uvloop.run(offer(process.port, make, numbers, RATE, 64))
    assert offered.statuses == {202: RATE * SECONDS}, offered.statuses
    return percentile(offered.waits, 0.99)


def main() -> None:
    for measure in (measure_cost, measure_faults, measure_ingest):
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder))


if __name__ == "__main__":
    main()
