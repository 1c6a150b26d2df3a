"""`workbench mail`: look at letters before and after they go out, and send them again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from cli.options import DataDir, settings_of
from core.errors import BadInput, WorkbenchError
from core.recipients import Recipients, clean_address

if TYPE_CHECKING:
    from flows.emails.letters import Mail

mail = typer.Typer(help="Letters: look at them, test the server, retry.", no_args_is_help=True)
_EDITIONS: dict[str, Literal["daily", "weekly"]] = {"daily": "daily", "weekly": "weekly"}
STATES = ("pending", "sending", "held", "sent", "told", "dead")


@mail.command("preview")
def mail_preview(
    what: Annotated[str, typer.Argument(help="a session's id, or daily, or weekly")],
    to: Annotated[str | None, typer.Option(help="as this recipient would get it")] = None,
    html: Annotated[Path | None, typer.Option(help="write the HTML to this file")] = None,
    data_dir: DataDir = None,
) -> None:
    """Print a letter as it would be now. Nothing is sent."""
    from flows.emails.desk import preview_digest, preview_session

    settings = settings_of(data_dir)
    who = Recipients(settings.recipients_path).find(to) if to else None
    if edition := _EDITIONS.get(what):
        letter = preview_digest(_mail(data_dir), edition, who)
    else:
        letter = preview_session(_mail(data_dir), what, who)
    typer.echo(f"Subject: {letter.subject}\n\n{letter.text}")
    if html:
        html.write_text(letter.html)
        typer.echo(f"The HTML is in {html}.")


@mail.command("send-test")
def mail_send_test(
    address: Annotated[str, typer.Argument(help="where it goes")], data_dir: DataDir = None
) -> None:
    """Hand one letter to the mail server now and tell what it said. Exit code 1 if it refused."""
    from flows.emails.desk import send_test

    settings = settings_of(data_dir)
    outcome = send_test(_mail(data_dir), clean_address(address))
    server = f"{settings.smtp_host}:{settings.smtp_port}"
    if outcome.verdict == "sent":
        typer.echo(f"{server} took the letter to {address}.")
        return
    raise WorkbenchError(
        f"{server} did not take the letter ({outcome.code}). See WORKBENCH_SMTP_* in .env.example."
    )


@mail.command("outbox")
def mail_outbox(
    state: Annotated[str | None, typer.Option(help=", ".join(STATES))] = None,
    limit: Annotated[int, typer.Option(min=1, help="most letters to show")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False,
    data_dir: DataDir = None,
) -> None:
    """Show how many letters are in each state, and the newest of them."""
    from flows.emails.desk import look_through

    if state not in (None, *STATES):
        raise BadInput(f"A state is one of: {', '.join(STATES)}")
    found = look_through(settings_of(data_dir).outbox_path, state, limit)
    if as_json:
        typer.echo(json.dumps({"counts": found.counts, "letters": found.letters}, indent=2))
        return
    counts = ", ".join(f"{count:,} {name}" for name, count in found.counts.items())
    typer.echo(counts or "No letter was ever owed.")
    if found.letters:
        Console(highlight=False).print(_table(found.letters))


@mail.command("retry")
def mail_retry(data_dir: DataDir = None) -> None:
    """Owe every letter that was given up again; the runner sends them within seconds."""
    from flows.emails.desk import retry_dead

    settings = settings_of(data_dir)
    people = Recipients(settings.recipients_path).all()
    count = retry_dead(settings.outbox_path, people, datetime.now(UTC))
    typer.echo(f"Owed again: {count:,}." if count else "No letter was given up.")


@mail.command("resend")
def mail_resend(
    session_id: Annotated[str, typer.Argument(help="the session")],
    to: Annotated[str | None, typer.Option(help="to this recipient instead")] = None,
    data_dir: DataDir = None,
) -> None:
    """Send the letter about a session once more to all who had it, with what is known now."""
    from flows.emails.desk import resend

    count = resend(_mail(data_dir), session_id, to)
    nobody = "Nobody who is written to had a letter about it. Name somebody of the list: --to"
    typer.echo(f"Owed: {count:,}." if count else nobody)


def _mail(data_dir: Path | None) -> Mail:
    from flows.letterhead import mail_of

    return mail_of(settings_of(data_dir))


def _table(letters: list[dict[str, Any]]) -> Table:
    # what somebody copies from here is folded, never cut
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in ("About", "To", "State", "Tries", "Next or sent, UTC", "Said"):
        table.add_column(heading, overflow="fold")
    for one in letters:
        at = one["sent_at"] or one["next_try_at"]
        state = one["state"] + (f" ({one['held_for']})" if one["state"] == "held" else "")
        about = one["about"] if one["kind"] == "session" else f"{one['kind']} {one['about']}"
        cells = (about, one["recipient"], state, str(one["attempts"]), at[:16].replace("T", " "))
        table.add_row(*cells, one["last_error"] or "")
    return table
