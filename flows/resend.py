"""Sends the letter about a session once more, to whoever had it or to one recipient."""

from __future__ import annotations

from datetime import UTC, datetime

from prefect import flow

from core.settings import load_settings
from flows.emails import letters as session_letters
from flows.refresh import letters


@flow(name="resend", retries=2, retry_delay_seconds=10)
async def resend(session_id: str, recipient: str | None = None) -> int:
    """Returns how many letters about the session are owed again; they go out with the flow."""
    settings = load_settings()
    owed: int = session_letters.resend(  # type: ignore[attr-defined]
        settings.outbox_path, session_id, recipient, datetime.now(UTC)
    )
    if owed:
        await letters(settings)
    return owed
