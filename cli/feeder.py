"""The pretend company of the demo, in a process of its own: posts its past, then its present.

Tells its progress as one JSON object a line on standard output.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from cli.processes import local_token
from core.lake import write_durably
from core.posting import Progress, post_batches
from core.settings import Settings, load_settings
from synthetic.delivery import repeat_some, turn_round
from synthetic.live import LiveDay, upcoming_sessions
from synthetic.ndjson import session_lines, tutor_lines
from synthetic.scenarios import Scenario, describe_scenarios, find_scenario
from synthetic.truth import write_truth
from synthetic.world import World, make_world

_REPEATED, _REPEATED_LIVE = 12, 2
"""One line in so many is posted twice, if the scenario is about that."""


def feed(
    tutors: Annotated[int, typer.Option()],
    students: Annotated[int, typer.Option()],
    days: Annotated[int, typer.Option()],
    sessions_per_day: Annotated[int, typer.Option()],
    seed: Annotated[int, typer.Option()],
    every_seconds: Annotated[float, typer.Option(help="pause between live sessions")],
    live: Annotated[int, typer.Option(help="live sessions to post; 0 means without end")],
    scenario: Annotated[str | None, typer.Option(help=describe_scenarios())] = None,
) -> None:
    """Posts the past of a company, once, and then live sessions."""
    shown = find_scenario(scenario)
    settings = load_settings()
    done = settings.data_dir / "demo.json"
    tell(stage="world")
    end = _end_of_history(done)
    size = (tutors, students, days, sessions_per_day)
    world = make_world(seed, *size, end, kind=shown.kind, texts=True)
    if not done.exists():
        write_truth(world.truth, settings.data_dir / "truth")
        post_history(settings, world, end, shown)
        write_durably(done, json.dumps({"end": end.isoformat()}).encode())
    post_live(settings, LiveDay(world, end, shown.kind), shown, every_seconds, live)


def _end_of_history(done: Path) -> datetime:
    if done.exists():
        return datetime.fromisoformat(json.loads(done.read_text())["end"])
    return datetime.now(UTC).replace(microsecond=0)


def post_history(settings: Settings, world: World, end: datetime, scenario: Scenario) -> None:
    """Posts tutors, 90 days of sessions and the next 72 hours, all marked as backfill."""
    upcoming = upcoming_sessions(world, end)
    total = world.sessions.height + upcoming.height
    lines = _chain(world, upcoming)
    if scenario.repeats:
        lines, total = repeat_some(lines, _REPEATED), total + -(-total // _REPEATED)
    _consume(_post(settings, "tutors", tutor_lines(world.tutors)))
    for progress in _post(settings, "sessions", lines):
        counts = {name: getattr(progress, name) for name in ("sent", "duplicates", "rejected")}
        tell(stage="backfill", total=total, **counts)


def post_live(
    settings: Settings, day: LiveDay, scenario: Scenario, every_seconds: float, count: int
) -> None:
    """Posts one session each `every_seconds`, as Rails would, until `count` are posted."""
    index = 0
    while count == 0 or index < count:
        line = day.line(index, datetime.now(UTC))
        for again in sendings(line, index, scenario):
            _consume(_post(settings, "sessions", [again], backfill=False))
        index += 1
        tell(stage="live", sent=index)
        time.sleep(every_seconds * scenario.pace)
    tell(stage="done", sent=index)


def sendings(line: bytes, index: int, scenario: Scenario) -> list[bytes]:
    """Returns the bodies to post one after the other, as after a lost answer."""
    if not scenario.repeats or index % _REPEATED_LIVE:
        return [line]
    return [line, turn_round(line) if index % (2 * _REPEATED_LIVE) else line]


def tell(**facts: object) -> None:
    """Writes one line of progress."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def _chain(world: World, upcoming: pl.DataFrame) -> Iterator[bytes]:
    yield from session_lines(world.sessions)
    yield from session_lines(upcoming)


def _post(
    settings: Settings, kind: str, lines: Iterable[bytes], backfill: bool = True
) -> Iterator[Progress]:
    token = local_token(settings, {"ingest:write"})
    return post_batches(
        f"{settings.ingest_url}/v1/{kind}",
        token,
        lines,
        backfill=backfill,
    )


def _consume(progress: Iterator[Progress]) -> None:
    for _ in progress:
        pass


if __name__ == "__main__":
    typer.run(feed)
