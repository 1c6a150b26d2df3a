"""Turns settings into what letters need to know: who sends them, to whom, by which server."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from core.marts import Marts
from core.recipients import Recipients
from core.settings import Settings
from flows.emails.delivery import MailServer
from flows.emails.letters import Mail
from flows.emails.render import Letterhead


def letterhead(settings: Settings) -> Letterhead:
    """Returns what all letters of this workbench share."""
    return Letterhead(
        web_url=settings.web_url,
        sender=settings.mail_from,
        time_zone=settings.time_zone,
        is_demo=settings.demo,
    )


def mail_server(settings: Settings) -> MailServer:
    """Returns the mail server of the settings."""
    password = settings.smtp_password
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        helo_name=letterhead(settings).domain,
        user=settings.smtp_user,
        password=password.get_secret_value() if password else None,
        has_starttls=settings.smtp_starttls,
        has_tls=settings.smtp_tls,
        per_second=settings.smtp_per_second,
    )


def mail_of(settings: Settings) -> Mail:
    """Returns what the letters step of this workbench works with."""
    return Mail(
        marts=Marts(settings.marts_dir),
        outbox_path=settings.outbox_path,
        recipients=Recipients(settings.recipients_path),
        of_settings=tuple(settings.mail_recipients),
        letterhead=letterhead(settings),
        server=mail_server(settings),
        storm_share=settings.mail_storm_share,
        clock=lambda: datetime.now(UTC),
        jitter=random.random,
    )
