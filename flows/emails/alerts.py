"""Letters to those who run the workbench: something failed, is late, or looks wrong."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from core.recipients import Recipient
from flows.emails.outbox import NewLetter, Outbox
from flows.emails.render import Letter, Letterhead, render
from flows.emails.report import Line, short_hash
from flows.emails.wording import DOT, moment


class Alert(BaseModel):
    """What happened, in lines. One `key` is told once: put the hour or the run's id into it."""

    model_config = ConfigDict(frozen=True)

    key: str
    headline: Line
    lines: tuple[Line, ...] = ()
    url: str | None = None
    raised_at: datetime | None = None


def operators(recipients: list[Recipient]) -> list[Recipient]:
    """Returns who runs the workbench; everybody, if nobody was named, so that somebody knows."""
    named = [one for one in recipients if one.choices.is_operator]
    return named or [one for one in recipients if one.choices.mode != "off"]


def owe_alerts(
    outbox: Outbox, recipients: list[Recipient], alerts: list[Alert], domain: str, now: datetime
) -> int:
    """Returns how many letters to operators are newly owed."""
    return sum(
        outbox.owe(_letter(alert, one.address, domain, now), now)
        for alert in alerts
        for one in operators(recipients)
    )


def alert_letter(
    alert: Alert, letterhead: Letterhead, message_id: str, recipient: Recipient
) -> Letter:
    """Returns the letter that tells an alert."""
    context = {
        "headline": alert.headline,
        "preheader": alert.lines[0] if alert.lines else alert.headline,
        "lines": list(alert.lines),
        "url": alert.url,
        "as_of": moment(alert.raised_at) if alert.raised_at else "now",
        "formula_version": None,
        "why_you": "You get this since you run the workbench.",
    }
    demo = "DEMO" + DOT if letterhead.is_demo else ""
    headers = {"X-Workbench-Severity": "ALERT"}
    subject = f"[ALERT] {demo}{alert.headline}"
    return render("alert", context, subject, message_id, headers, letterhead, recipient)


def _letter(alert: Alert, address: str, domain: str, now: datetime) -> NewLetter:
    dated = alert.model_copy(update={"raised_at": alert.raised_at or now})
    return NewLetter(
        kind="alert",
        about=alert.key,
        recipient=address,
        message_id=f"<alert-{short_hash(alert.key, address)}@{domain}>",
        content=dated.model_dump_json(),
        due=now,
        rank=0,
    )
