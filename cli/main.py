"""The command `workbench`: puts the rooms together, holds no logic."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.mail import mail
from cli.notebook import notebook
from cli.options import AsKnown, DataDir, settings_of
from cli.recipients import recipients
from cli.reviews import reviews
from cli.score import score
from cli.stores import lake, refused
from cli.users import users
from core.errors import CannotStart, WorkbenchError
from core.settings import Settings
from core.tokens import SCOPES
from synthetic.scenarios import describe_scenarios, find_scenario

app = typer.Typer(
    help="Tutor Workbench: durable session ingest, honest tutor scores, letters and a dashboard.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(users, name="user")
app.add_typer(lake, name="lake")
app.add_typer(refused, name="quarantine")
app.add_typer(score, name="score")
app.add_typer(recipients, name="recipients")
app.add_typer(mail, name="mail")
app.add_typer(reviews, name="reviews")
app.add_typer(notebook, name="notebook")


def _known_scenario(name: str | None) -> str | None:
    find_scenario(name)
    return name


@app.command()
def demo(
    once: Annotated[bool, typer.Option(help="post a burst, wait until it is worked, stop")] = False,
    every_seconds: Annotated[float, typer.Option(help="pause between live sessions")] = 3.0,
    tutors: Annotated[int, typer.Option(min=1, help="tutors of the pretend company")] = 300,
    students: Annotated[int, typer.Option(min=1, help="its students")] = 2_500,
    days: Annotated[int, typer.Option(min=1, max=730, help="days of its history")] = 90,
    sessions_per_day: Annotated[int, typer.Option(min=1, help="sessions a day at the end")] = 3_000,
    seed: Annotated[int, typer.Option(help="another number makes another company")] = 20261122,
    scenario: Annotated[
        str | None, typer.Option(callback=_known_scenario, help=describe_scenarios())
    ] = None,
    data_dir: Annotated[Path, typer.Option(help="where the demo is kept")] = Path("demo-data"),
) -> None:
    """Run everything with a pretend company that keeps posting sessions."""
    from cli.demo import Company, run_demo

    company = Company(tutors, students, days, sessions_per_day, seed, every_seconds, scenario)
    run_demo(settings_of(data_dir), company, once=once)


@app.command()
def up(data_dir: DataDir = None) -> None:
    """Run ingest, web, Prefect and the runner, as a company would."""
    from cli.processes import workbench_processes
    from cli.running import banner, ready, supervise, until_stopped
    from cli.supervisor import Supervisor
    from core.secrets import prefect_login

    settings = settings_of(data_dir)

    async def work(supervisor: Supervisor) -> None:
        await ready(supervisor)
        banner(
            settings, [*_hints(settings), ("Prefect login", prefect_login(settings.secrets_dir))]
        )
        await until_stopped(supervisor)

    supervise(settings, workbench_processes(settings), work, with_mail=False)


@app.command()
def ingest(
    files: Annotated[list[Path], typer.Argument(help="NDJSON files, plain or .gz")],
    kind: Annotated[str, typer.Option(help="sessions, tutors or flag-actions")] = "sessions",
    backfill: Annotated[bool, typer.Option(help="history: no letters go out")] = False,
    data_dir: DataDir = None,
) -> None:
    """Post NDJSON files to a running workbench."""
    from cli.posting import post_files

    if not post_files(settings_of(data_dir), files, kind, backfill):
        raise typer.Exit(1)


@app.command()
def build(
    as_of: Annotated[
        datetime | None, typer.Option(help="the moment that windows and decay count from (UTC)")
    ] = None,
    full: Annotated[bool, typer.Option(help="start from nothing but the lake")] = False,
    as_known: AsKnown = None,
    into: Annotated[
        Path | None, typer.Option(help="with --as-known: the folder of that warehouse")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Build and publish the marts once, without Prefect and without letters."""
    from cli.building import as_known_folder, build_as_known, build_once

    if as_known:
        settings, day = settings_of(data_dir), as_known.date()
        typer.echo(f"In {build_as_known(settings, day, into or as_known_folder(settings, day))}.")
        return
    moment = as_of.replace(tzinfo=UTC) if as_of else datetime.now(UTC)
    build_once(settings_of(data_dir), moment, full=full or as_of is not None)


@app.command()
def docs(data_dir: DataDir = None) -> None:
    """Write the warehouse's documentation; the operations page links to it."""
    from cli.docs import build_docs

    settings = settings_of(data_dir)
    typer.echo(f"{build_docs(settings)}, shown at {settings.web_url}/warehouse")


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False,
    data_dir: DataDir = None,
) -> None:
    """Say what runs, how fresh the marts are and what waits. Exit code 3 when not all is ready."""
    from cli.status import print_status, read_status

    facts: dict[str, Any] = read_status(settings_of(data_dir), datetime.now(UTC))
    typer.echo(json.dumps(facts, indent=2)) if as_json else print_status(facts)
    raise typer.Exit(0 if facts["is_ready"] else 3)


@app.command()
def token(
    scope: Annotated[
        list[str], typer.Option(help="; ".join(f"{k}: {v}" for k, v in SCOPES.items()))
    ],
    subject: Annotated[str, typer.Option(help="who will use it")] = "rails",
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 366, help="how long it lasts")] = 1.0,
    data_dir: DataDir = None,
) -> None:
    """Print a token for the APIs. Keep it secret."""
    from core.errors import BadInput
    from core.tokens import KeyRing

    if unknown := set(scope) - set(SCOPES):
        raise BadInput(f"unknown scope {', '.join(sorted(unknown))}; known: {', '.join(SCOPES)}")
    keys = KeyRing.load(settings_of(data_dir).secrets_dir)
    typer.echo(keys.issue(subject, set(scope), datetime.now(UTC), timedelta(hours=hours)))


@app.command("signing-secret")
def signing_secret(
    sender: Annotated[str, typer.Argument(help="who will sign with it, such as rails")],
    change: Annotated[
        bool, typer.Option("--change", help="make a new one; the one before stays good for now")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Print the secret that a sender signs with (Standard Webhooks). Keep it secret."""
    from core import signing

    secrets_dir = settings_of(data_dir).secrets_dir
    find = signing.change_signing_secret if change else signing.signing_secret
    typer.echo(find(secrets_dir, sender))


def _hints(settings: Settings) -> list[tuple[str, str]]:
    from api.accounts import list_accounts

    if list_accounts(settings.accounts_path):
        return []
    return [("Nobody yet", "may log in. Add a person: workbench user add NAME --role admin")]


def main() -> None:
    """Runs the command; an error that people can mend is one line and an exit code."""
    try:
        app()
    except WorkbenchError as error:
        sys.stderr.write(f"workbench: {error}\n")
        sys.exit(error.exit_code if isinstance(error, CannotStart) else 1)


if __name__ == "__main__":
    main()
