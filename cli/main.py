"""The command `workbench`: puts the rooms together, holds no logic."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.startup import refuse_unwritable
from core.errors import CannotStart, WorkbenchError
from core.settings import Settings, load_settings
from core.tokens import SCOPES

app = typer.Typer(
    help="Tutor Workbench: durable session ingest, honest tutor scores, letters and a dashboard.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
users = typer.Typer(help="People who may log in.", no_args_is_help=True)
app.add_typer(users, name="user")
refused = typer.Typer(help="Records that ingest refused.", no_args_is_help=True)
app.add_typer(refused, name="quarantine")
DataDir = Annotated[
    Path | None, typer.Option(help="where everything is kept; else WORKBENCH_DATA_DIR or ./data")
]


@app.command()
def demo(
    once: Annotated[bool, typer.Option(help="post a burst, wait until it is worked, stop")] = False,
    every_seconds: Annotated[float, typer.Option(help="pause between live sessions")] = 3.0,
    tutors: Annotated[int, typer.Option(min=1, help="tutors of the pretend company")] = 300,
    students: Annotated[int, typer.Option(min=1, help="its students")] = 2_500,
    days: Annotated[int, typer.Option(min=1, max=730, help="days of its history")] = 90,
    sessions_per_day: Annotated[int, typer.Option(min=1, help="sessions a day at the end")] = 3_000,
    seed: Annotated[int, typer.Option(help="another number makes another company")] = 20261122,
    data_dir: Annotated[Path, typer.Option(help="where the demo is kept")] = Path("demo-data"),
) -> None:
    """Run everything with a pretend company that keeps posting sessions."""
    from cli.demo import Company, run_demo

    company = Company(tutors, students, days, sessions_per_day, seed, every_seconds)
    run_demo(_settings(data_dir), company, once=once)


@app.command()
def up(data_dir: DataDir = None) -> None:
    """Run ingest, web, Prefect and the runner, as a company would."""
    from cli.processes import prefect_login, workbench_processes
    from cli.running import banner, ready, supervise, until_stopped
    from cli.supervisor import Supervisor

    settings = _settings(data_dir)

    async def work(supervisor: Supervisor) -> None:
        await ready(supervisor)
        banner(settings, [*_hints(settings), ("Prefect login", prefect_login(settings))])
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

    if not post_files(_settings(data_dir), files, kind, backfill):
        raise typer.Exit(1)


@app.command()
def build(
    as_of: Annotated[
        datetime | None, typer.Option(help="the moment that windows and decay count from (UTC)")
    ] = None,
    full: Annotated[bool, typer.Option(help="start from nothing but the lake")] = False,
    data_dir: DataDir = None,
) -> None:
    """Build and publish the marts once, without Prefect and without letters."""
    from cli.building import build_once

    moment = as_of.replace(tzinfo=UTC) if as_of else datetime.now(UTC)
    build_once(_settings(data_dir), moment, full=full or as_of is not None)


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False,
    data_dir: DataDir = None,
) -> None:
    """Say what runs, how fresh the marts are and what waits. Exit code 3 when not all is ready."""
    from cli.status import print_status, read_status

    facts: dict[str, Any] = read_status(_settings(data_dir), datetime.now(UTC))
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
    keys = KeyRing.load(_settings(data_dir).secrets_dir)
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

    secrets_dir = _settings(data_dir).secrets_dir
    find = signing.change_signing_secret if change else signing.signing_secret
    typer.echo(find(secrets_dir, sender))


@users.command("add")
def user_add(
    username: Annotated[str, typer.Argument(help="what they type to log in")],
    role: Annotated[str, typer.Option(help="admin, coach or analyst")] = "coach",
    name: Annotated[str | None, typer.Option(help="name to show")] = None,
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)
    ] = "",
    data_dir: DataDir = None,
) -> None:
    """Let a person log in. Asks for the password, so that it stays out of the shell's history."""
    from api.accounts import create_account
    from core.errors import BadInput

    if role not in ("admin", "coach", "analyst"):
        raise BadInput("the role must be admin, coach or analyst")
    path = _settings(data_dir).accounts_path
    create_account(path, username, password, role, datetime.now(UTC), name)  # type: ignore[arg-type]
    typer.echo(f"{username} may log in as {role}.")


@users.command("password")
def user_password(
    username: Annotated[str, typer.Argument(help="whose password to change")],
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)
    ] = "",
    data_dir: DataDir = None,
) -> None:
    """Give a person a new password; it ends all their logins."""
    from api.accounts import set_password

    set_password(_settings(data_dir).accounts_path, username, password)
    typer.echo(f"{username} has a new password.")


@users.command("list")
def user_list(data_dir: DataDir = None) -> None:
    """Show who may log in."""
    from api.accounts import list_accounts

    for account in list_accounts(_settings(data_dir).accounts_path):
        typer.echo(f"{account.username}\t{account.role}\t{account.display_name}")


@refused.command("list")
def quarantine_list(data_dir: DataDir = None) -> None:
    """Show what was refused, and why."""
    from cli.quarantine import print_refused

    print_refused(_settings(data_dir))


@refused.command("export")
def quarantine_export(
    file: Annotated[Path, typer.Argument(help="NDJSON file to write")], data_dir: DataDir = None
) -> None:
    """Write what was refused to a file, as it was sent. It may name people."""
    from cli.quarantine import export_refused

    export_refused(_settings(data_dir), file)


@refused.command("replay")
def quarantine_replay(data_dir: DataDir = None) -> None:
    """Try what was refused again, after the cause was put right."""
    from cli.quarantine import replay_refused

    replay_refused(_settings(data_dir))


def _settings(data_dir: Path | None) -> Settings:
    settings = load_settings(**({"data_dir": data_dir} if data_dir else {}))
    refuse_unwritable(settings.data_dir)
    return settings


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
