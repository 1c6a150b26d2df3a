"""Sends the letter about a session once more, to whoever had it or to one recipient."""

from __future__ import annotations

from prefect import flow

from core.settings import load_settings
from flows.emails import desk
from flows.letterhead import mail_of
from flows.refresh import letters


@flow(name="resend", flow_run_name="letters about {session_id}", retries=2, retry_delay_seconds=10)
async def resend(session_id: str, recipient: str | None = None) -> int:
    """Returns how many letters about the session are owed again; they go out with the flow."""
    settings = load_settings()
    owed = desk.resend(mail_of(settings), session_id, recipient)
    if owed:
        await letters(settings)
    return owed
