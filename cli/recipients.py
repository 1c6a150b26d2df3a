"""`workbench recipients`: who gets letters, and what each one chose."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import DataDir, settings_of
from core.choices import DIGESTS, MODES, make_choices
from core.errors import BadInput
from core.recipients import Recipient, Recipients

recipients = typer.Typer(help="Who gets letters, and which.", no_args_is_help=True)

Mode = Annotated[
    str | None, typer.Option(help="; ".join(f"{name}: {text}" for name, text in MODES.items()))
]
Digest = Annotated[
    str | None, typer.Option(help="; ".join(f"{name}: {text}" for name, text in DIGESTS.items()))
]
DigestAt = Annotated[str | None, typer.Option(help="time of day of the digest, as 07:00")]
Zone = Annotated[str | None, typer.Option(help="IANA zone of the digest and of quiet hours")]
Quiet = Annotated[str | None, typer.Option(help="quiet hours as 22:00-06:30, or none")]
Budget = Annotated[int | None, typer.Option(help="most letters about sessions in an hour")]
Teams = Annotated[
    list[str] | None, typer.Option("--team", help="only this manager's tutors; '' for all")
]
Subjects = Annotated[
    list[str] | None, typer.Option("--subject", help="only this subject; '' for all")
]
Tutors = Annotated[
    list[str] | None, typer.Option("--tutor", help="only this tutor's id; '' for all")
]
Operator = Annotated[bool | None, typer.Option(help="runs the workbench: gets alerts")]
Address = Annotated[str, typer.Argument(help="where the letters go")]


@recipients.command("add", help="Write to somebody. What is received from now on counts.")
@recipients.command("set", help="Change what somebody gets; what is not named stays as it is.")
def recipients_change(
    context: typer.Context,
    address: Address,
    mode: Mode = None,
    digest: Digest = None,
    digest_at: DigestAt = None,
    time_zone: Zone = None,
    quiet: Quiet = None,
    budget: Budget = None,
    team: Teams = None,
    subject: Subjects = None,
    tutor: Tutors = None,
    operator: Operator = None,
    data_dir: DataDir = None,
) -> None:
    changes = _changes(mode, digest, digest_at, time_zone, quiet, budget, operator)
    changes |= _scope(team, subject, tutor)
    people = _store(data_dir)
    if context.info_name == "add":
        zone = {"time_zone": settings_of(data_dir).time_zone}
        changed = people.add(address, make_choices(**zone | changes), datetime.now(UTC))
    else:
        changed = people.choose(address, **changes)
    typer.echo(_line(changed))


@recipients.command("remove")
def recipients_remove(address: Address, data_dir: DataDir = None) -> None:
    """Write to somebody no more; what they are still owed is not sent."""
    _store(data_dir).remove(address)
    typer.echo(f"{address} is off the list.")


@recipients.command("list")
def recipients_list(
    as_json: Annotated[bool, typer.Option("--json", help="one JSON array")] = False,
    data_dir: DataDir = None,
) -> None:
    """Show who gets what; whom the settings name come in when the runner first looks."""
    people = _store(data_dir).all()
    if as_json:
        shown = [one.model_dump(mode="json", exclude={"token"}) for one in people]
        typer.echo(json.dumps(shown, indent=2))
        return
    for one in people:
        typer.echo(_line(one))
    if not people:
        typer.echo("Nobody yet. Add somebody: workbench recipients add ADDRESS")


def _store(data_dir: Path | None) -> Recipients:
    return Recipients(settings_of(data_dir).recipients_path)


def _changes(
    mode: str | None,
    digest: str | None,
    digest_at: str | None,
    time_zone: str | None,
    quiet: str | None,
    budget: int | None,
    operator: bool | None,
) -> dict[str, Any]:
    named = {
        "mode": mode,
        "digest": digest,
        "digest_at": digest_at,
        "time_zone": time_zone,
        "hourly_budget": budget,
        "is_operator": operator,
    }
    return {name: value for name, value in named.items() if value is not None} | _quiet(quiet)


def _quiet(given: str | None) -> dict[str, str | None]:
    if given is None:
        return {}
    if given == "none":
        return {"quiet_from": None, "quiet_until": None}
    start, dash, end = given.partition("-")
    if not dash:
        raise BadInput("Quiet hours look like 22:00-06:30, or none")
    return {"quiet_from": start, "quiet_until": end}


def _scope(
    teams: list[str] | None, subjects: list[str] | None, tutors: list[str] | None
) -> dict[str, list[str]]:
    named = {"teams": teams, "subjects": subjects, "tutors": tutors}
    # one empty value takes the limit away
    return {name: [one for one in given if one] for name, given in named.items() if given}


def _line(one: Recipient) -> str:
    choices = one.choices
    words = [MODES[choices.mode], f"digest {DIGESTS[choices.digest]} at {choices.digest_at:%H:%M}"]
    words += [choices.time_zone, f"at most {choices.hourly_budget} an hour"]
    if choices.quiet_from and choices.quiet_until:
        words.append(f"quiet {choices.quiet_from:%H:%M}-{choices.quiet_until:%H:%M}")
    for name, wanted in (
        ("teams", choices.teams),
        ("subjects", choices.subjects),
        ("tutors", choices.tutors),
    ):
        words += [f"{name} {', '.join(wanted)}"] if wanted else []
    words += ["operator"] if choices.is_operator else []
    return f"{one.address}: {'; '.join(words)}"
