"""`workbench lake` and `workbench quarantine`: look after what came in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import DataDir, settings_of

if TYPE_CHECKING:
    from ingest.lake_repair import Repaired

lake = typer.Typer(help="The Parquet files that all else is built from.", no_args_is_help=True)
refused = typer.Typer(help="Records that ingest refused.", no_args_is_help=True)


@lake.command("check")
def lake_check(data_dir: DataDir = None) -> None:
    """Read every file and tell what is damaged or missing. Exit code 1 if anything is."""
    from ingest.lake_check import check_lake

    checked = check_lake(settings_of(data_dir).lake_dir)
    for fault in checked.faults:
        typer.echo(fault)
    verdict = "not sound" if checked.faults else "sound"
    typer.echo(f"The lake is {verdict}: {checked.records:,} records in {checked.files:,} files.")
    raise typer.Exit(1 if checked.faults else 0)


@lake.command("freshness")
def lake_freshness(data_dir: DataDir = None) -> None:
    """Tell how old the newest records are. Exit code 1 when that is too old."""
    from flows.dbt_tools import source_freshness

    told = source_freshness(settings_of(data_dir).lake_dir)
    for name, (status, hours) in told.items():
        typer.echo(f"{name}: {status}, the newest is {hours:,.1f} h old")
    raise typer.Exit(1 if any(status == "error" for status, _ in told.values()) else 0)


@lake.command("repair")
def lake_repair(data_dir: DataDir = None) -> None:
    """Set damaged files aside, and let what is lost with them be sent again. Stop ingest first."""
    from ingest.lake_repair import repair_lake

    settings = settings_of(data_dir)
    folder = settings.data_dir / "damaged" / f"{datetime.now(UTC):%Y-%m-%dT%H%M%S}"
    repaired = repair_lake(settings.lake_dir, settings.journal_path, folder)
    for name in repaired.set_aside:
        typer.echo(f"Set aside: {name}")
    typer.echo(_advice(repaired))


def _advice(repaired: Repaired) -> str:
    if not repaired.lost:
        is_whole = not repaired.set_aside
        return "Nothing to repair." if is_whole else f"In {repaired.folder}. Nothing else is lost."
    return (
        f"{len(repaired.lost):,} records are lost and forgotten. Their kinds' first letters, ids "
        f"and versions are in {repaired.folder / 'lost.txt'}: send them again, they are taken "
        "as new. Then start the workbench and run: workbench build --full"
    )


@refused.command("list")
def quarantine_list(data_dir: DataDir = None) -> None:
    """Show what was refused, and why."""
    from cli.quarantine import print_refused

    print_refused(settings_of(data_dir))


@refused.command("export")
def quarantine_export(
    file: Annotated[Path, typer.Argument(help="NDJSON file to write")], data_dir: DataDir = None
) -> None:
    """Write what was refused to a file, as it was sent. It may name people."""
    from cli.quarantine import export_refused

    export_refused(settings_of(data_dir), file)


@refused.command("replay")
def quarantine_replay(data_dir: DataDir = None) -> None:
    """Try what was refused again, after the cause was put right."""
    from cli.quarantine import replay_refused

    replay_refused(settings_of(data_dir))
