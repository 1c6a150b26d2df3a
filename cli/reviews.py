"""`workbench reviews`: how reviews of first sessions stand, and grading some of them blind."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import DataDir, settings_of
from core.errors import BadInput

if TYPE_CHECKING:
    from flows.reviews.by_hand import GradingDesk

reviews = typer.Typer(help="Reviews of first sessions.", no_args_is_help=True)
SessionId = Annotated[str, typer.Argument(help="the session")]


@reviews.command("status")
def reviews_status(
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False,
    data_dir: DataDir = None,
) -> None:
    """Say who grades, what is due, what today cost, and how the grader agrees with people."""
    found = _desk(data_dir).standing(datetime.now(UTC))
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    typer.echo(f"Grader {found['grader']}, rubric {found['rubric']}.")
    counts = ", ".join(f"{count:,} {status}" for status, count in found["reviews"].items())
    typer.echo(f"Reviews: {counts or 'none yet'}; due: {found['due']:,}.")
    typer.echo(f"Today ${found['usd_today']:.2f} of ${found['usd_a_day']:.2f}; {_saved(found)}.")
    typer.echo(f"Waiting for a person: {found['waiting_for_people']:,}.")
    for item, one in found["agreement"].items():
        typer.echo(f"  {item}: {_agreement(one)}")


@reviews.command("queue")
def reviews_queue(
    limit: Annotated[int, typer.Option(min=1, help="most sessions to show")] = 20,
    data_dir: DataDir = None,
) -> None:
    """Show the sessions that wait to be graded by a person, without what the grader said."""
    listed = _desk(data_dir).queue(limit)
    for one in listed:
        typer.echo(f"{one.session_id}\t{one.why.replace('_', ' ')}")
    if not listed:
        typer.echo("Nothing waits.")


@reviews.command("read")
def reviews_read(session_id: SessionId, data_dir: DataDir = None) -> None:
    """Print the words of a session that waits. They are what people said: keep them to yourself."""
    for turn, one in enumerate(_desk(data_dir).passages(session_id)):
        typer.echo(f"{turn:>3} {one.speaker or one.kind}: {one.text}")


@reviews.command("grade")
def reviews_grade(
    session_id: SessionId,
    levels: Annotated[list[str], typer.Argument(help="item=level, such as rapport=3")],
    by: Annotated[str, typer.Option(help="who grades")],
    data_dir: DataDir = None,
) -> None:
    """Keep a person's levels, 1 to 4, for each item; what is not named was not observable."""
    _desk(data_dir).grade(session_id, dict(map(_level, levels)), by)
    typer.echo("Kept. It counts for agreement if it was drawn by chance.")


def _desk(data_dir: Path | None) -> GradingDesk:
    from flows.reviews.by_hand import GradingDesk

    return GradingDesk(settings_of(data_dir))


def _level(given: str) -> tuple[str, int]:
    item, sign, level = given.partition("=")
    if not sign or not level.isdigit():
        raise BadInput("A level looks like rapport=3")
    return item, int(level)


def _saved(found: dict[str, Any]) -> str:
    return f"{found['cache_hits']:,} calls saved by the cache"


def _agreement(one: dict[str, Any]) -> str:
    if one["state"] == "not_enough_data":
        return f"not enough data (n {one['n']})"
    interval = "" if one["low"] is None else f" ({one['low']:.2f} to {one['high']:.2f})"
    hidden = ", hidden from coaches" if one["state"] == "below_the_line" else ""
    return f"weighted kappa {one['kappa']:.2f}{interval}, n {one['n']}{hidden}"
