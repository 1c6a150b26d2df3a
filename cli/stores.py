"""`workbench lake` and `workbench quarantine`: look after what came in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import DataDir, settings_of

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
