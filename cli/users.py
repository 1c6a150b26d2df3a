"""`workbench user`: people who may log in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.options import DataDir, settings_of
from core.errors import BadInput

Teams = Annotated[
    list[str] | None,
    typer.Option(help="address of a manager whose tutors they see; repeat it; none for all"),
]
users = typer.Typer(help="People who may log in.", no_args_is_help=True)


@users.command("add")
def user_add(
    username: Annotated[str, typer.Argument(help="what they type to log in")],
    role: Annotated[str, typer.Option(help="admin, coach, analyst or tutor")] = "coach",
    name: Annotated[str | None, typer.Option(help="name to show")] = None,
    password: Annotated[str | None, typer.Option(help="asked for if not given")] = None,
    team: Teams = None,
    address: Annotated[str, typer.Option(help="where letters to them go")] = "",
    tutor: Annotated[str, typer.Option(help="of the role tutor: their tutor_id")] = "",
    oidc: Annotated[bool, typer.Option("--oidc", help="no password: by OpenID Connect")] = False,
    data_dir: DataDir = None,
) -> None:
    """Let a person log in. Asks for the password, so that it stays out of the shell's history."""
    from api.accounts import create_account, set_address, set_teams, set_tutor

    if oidc and password is not None:
        raise BadInput("Use --oidc or --password: with --oidc no password opens the account.")
    if not oidc and password is None:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    if (role == "tutor") != bool(tutor):
        raise BadInput("--role tutor and --tutor TUTOR_ID belong together.")
    path = settings_of(data_dir).accounts_path
    create_account(path, username, password, role, datetime.now(UTC), name)
    set_teams(path, username, team or [])
    set_address(path, username, address)
    set_tutor(path, username, tutor)
    by = "by OpenID Connect, " if oidc else ""
    typer.echo(f"{username} may log in {by}as {role}.")


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

    set_password(settings_of(data_dir).accounts_path, username, password)
    typer.echo(f"{username} has a new password.")


@users.command("teams")
def user_teams(
    username: Annotated[str, typer.Argument(help="whose view to change")],
    team: Teams = None,
    data_dir: DataDir = None,
) -> None:
    """Let a person see the tutors of some managers only; without --team, all tutors."""
    from api.accounts import set_teams

    set_teams(settings_of(data_dir).accounts_path, username, team or [])
    typer.echo(f"{username} sees {_seen(team or [])}.")


@users.command("address")
def user_address(
    username: Annotated[str, typer.Argument(help="who gets letters there")],
    address: Annotated[str, typer.Argument(help="empty to forget it")],
    data_dir: DataDir = None,
) -> None:
    """Say where letters to a person go; which ones, they choose on the page Settings."""
    from api.accounts import set_address

    set_address(settings_of(data_dir).accounts_path, username, address)
    typer.echo(f"Letters to {username} go to {address or 'no address'}.")


@users.command("tutor")
def user_tutor(
    username: Annotated[str, typer.Argument(help="an account of the role tutor")],
    tutor_id: Annotated[str, typer.Argument(help="who they are among the tutors")],
    data_dir: DataDir = None,
) -> None:
    """Say which tutor an account is; they see nobody else. WORKBENCH_TUTOR_LOGIN lets them in."""
    from api.accounts import set_tutor

    set_tutor(settings_of(data_dir).accounts_path, username, tutor_id)
    typer.echo(f"{username} is the tutor {tutor_id}.")


@users.command("remove")
def user_remove(
    username: Annotated[str, typer.Argument(help="who may log in no longer")],
    data_dir: DataDir = None,
) -> None:
    """Take a person's account away; it ends all their logins. What they did stays in the trail."""
    from api.accounts import remove_account

    remove_account(settings_of(data_dir).accounts_path, username)
    typer.echo(f"{username} may log in no longer.")


@users.command("list")
def user_list(data_dir: DataDir = None) -> None:
    """Show who may log in, whose tutors they see, and where their letters go."""
    from api.accounts import list_accounts

    for account in list_accounts(settings_of(data_dir).accounts_path):
        seen = f"tutor {account.tutor_id}" if account.tutor_id else _seen(account.teams)
        address = account.address or "no address"
        typer.echo("\t".join((account.username, account.role, account.display_name, seen, address)))


def _seen(teams: Sequence[str]) -> str:
    return f"tutors of {', '.join(teams)}" if teams else "all tutors"
