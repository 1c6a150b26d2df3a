"""What the settings say together that must not be started with."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from core.errors import CannotStart
from core.hosts import is_loopback

if TYPE_CHECKING:
    from core.settings import Settings


def refuse_unpriced(settings: Settings) -> None:
    """Raises CannotStart when a model is to review and nobody knows which, or what it costs."""
    needed = ("openai_model", "openai_input_usd", "openai_output_usd")
    missing = [f"WORKBENCH_{name.upper()}" for name in needed if getattr(settings, name) is None]
    if settings.openai_api_key and missing:
        raise CannotStart(
            f"WORKBENCH_OPENAI_API_KEY is set: set {', '.join(missing)} too, or no cap would hold."
        )


def refuse_unsafe(settings: Settings) -> None:
    """Raises CannotStart when a production setting would expose people or lose letters."""
    unsafe = [
        ("WORKBENCH_DEMO is on; switch it off", settings.demo),
        (
            "nobody gets letters: set WORKBENCH_MAIL_RECIPIENTS, or workbench recipients add",
            not settings.mail_recipients and not settings.recipients_path.exists(),
        ),
        (
            "WORKBENCH_SMTP_STARTTLS and WORKBENCH_SMTP_TLS are off for a remote mail server",
            not (settings.smtp_starttls or settings.smtp_tls or is_loopback(settings.smtp_host)),
        ),
        (
            "WORKBENCH_PUBLIC_URL must start with https://",
            not settings.web_url.startswith("https://"),
        ),
        (
            "WORKBENCH_OPENAI_BASE_URL must start with https://",
            settings.openai_api_key is not None
            and not settings.openai_base_url.startswith("https://"),
        ),
        (
            "WORKBENCH_OIDC_ISSUER must start with https://",
            bool(settings.oidc_issuer) and not str(settings.oidc_issuer).startswith("https://"),
        ),
        ("the process runs as root; use an account of its own", os.geteuid() == 0),
    ]
    if found := [reason for reason, is_unsafe in unsafe if is_unsafe]:
        raise CannotStart("unsafe for production: " + "; ".join(found))
