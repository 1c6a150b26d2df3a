"""Turns settings into what letters need to know: who sends them, and through which server."""

from __future__ import annotations

from core.settings import Settings
from flows.emails.delivery import MailServer
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
    )
