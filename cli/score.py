"""`workbench score explain`: the receipt of a tutor's score, as dashboard and API show it."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from cli.options import AsKnown, DataDir, settings_of
from core.errors import BadInput
from core.settings import Settings

score = typer.Typer(help="Where a tutor's score comes from.", no_args_is_help=True)


@score.callback()
def _scores() -> None:
    """Where a tutor's score comes from."""


@score.command()
def explain(
    tutor: Annotated[str, typer.Argument(help="the tutor's id")],
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="a day of the history")
    ] = None,
    session: Annotated[str | None, typer.Option(help="what this one session brought")] = None,
    as_known: AsKnown = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False,
    data_dir: DataDir = None,
) -> None:
    """Print the receipt of a tutor's score: baseline plus signed points, exactly."""
    from cli.receipt_words import receipt_lines
    from core.marts import Marts
    from core.receipt import read_receipt
    from core.snapshot import open_snapshot

    if as_of and as_known:
        raise BadInput("Give --as-of or --as-known, not both.")
    settings = settings_of(data_dir)
    marts_dir = _rebuilt(settings, as_known.date()) if as_known else settings.marts_dir
    day = as_of.date() if as_of else None
    receipt = read_receipt(open_snapshot(Marts(marts_dir)), tutor, day, session)
    if as_json:
        typer.echo(json.dumps(receipt, indent=2, default=_as_json))
    else:
        typer.echo("\n".join(receipt_lines(receipt)))


def _as_json(value: object) -> float | str:
    return float(value) if isinstance(value, Decimal) else str(value)


def _rebuilt(settings: Settings, day: date) -> Path:
    """Returns the marts as known on `day`, and builds them the first time."""
    from cli.building import as_known_folder, build_as_known
    from core.marts import POINTER

    folder = as_known_folder(settings, day)
    if (folder / "marts" / POINTER).exists():
        return folder / "marts"
    typer.echo(f"Building the warehouse as it was known on {day}, once.", err=True)
    return build_as_known(settings, day, folder)
