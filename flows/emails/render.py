"""Letters from templates: Jinja2 writes MJML and text from one context, mrml makes HTML of MJML.

Jinja2 comes first: mrml drops what is no tag of MJML, and so the loops between rows of a table.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parseaddr
from functools import cache
from typing import Any

import mrml
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from core import links
from core.choices import DIGESTS, MODES, Choices, calmer
from core.recipients import Recipient


@dataclass(frozen=True)
class Letterhead:
    """What all letters of one workbench share. `time_zone` serves sessions that name none."""

    web_url: str
    sender: str
    time_zone: str
    is_demo: bool = False

    @property
    def domain(self) -> str:
        """Returns the part of the sender's address after the @."""
        return parseaddr(self.sender)[1].rpartition("@")[2] or "workbench.invalid"


@dataclass(frozen=True)
class Letter:
    """A composed letter: what is read, and the headers that mail programs sort by."""

    subject: str
    html: str
    text: str
    message_id: str
    headers: dict[str, str]


def render(
    template: str,
    context: dict[str, Any],
    subject: str,
    message_id: str,
    headers: dict[str, str],
    letterhead: Letterhead,
    recipient: Recipient,
) -> Letter:
    """Returns the letter of `template`; both parts say the same from one context."""
    whole = _footer(letterhead, recipient) | context
    mjml = _templates().get_template(f"{template}.mjml.j2").render(whole)
    return Letter(
        subject=subject,
        html=mrml.to_html(mjml).content,
        text=_templates().get_template(f"{template}.txt.j2").render(whole),
        message_id=message_id,
        headers=headers | _list_headers(letterhead, recipient),
    )


def why_you(choices: Choices) -> str:
    """Returns in words what somebody gets and of whom."""
    scopes = [
        ("teams", choices.teams),
        ("subjects", choices.subjects),
        ("tutors", choices.tutors),
    ]
    scope = "; ".join(f"{name}: {', '.join(wanted)}" for name, wanted in scopes if wanted)
    what = MODES[choices.mode]
    if choices.mode in ("flagged", "digest"):
        what += f" {DIGESTS[choices.digest]}"
    return f"You get {what}, of {scope or 'all tutors'}."


def calmer_words(choices: Choices) -> str:
    """Returns what the one-click choice of a letter leads to."""
    mode, digest = calmer(choices)
    if mode == "flagged":
        return "Only flagged sessions at once, the rest in one digest"
    if mode == "digest":
        return f"Only a digest, {DIGESTS[digest]}"
    return "No letters at all"


def _footer(letterhead: Letterhead, recipient: Recipient) -> dict[str, Any]:
    return {
        "is_demo": letterhead.is_demo,
        "why_you": why_you(recipient.choices),
        "choice_words": calmer_words(recipient.choices),
        "choice_url": _choice_url(letterhead, recipient),
    }


def _choice_url(letterhead: Letterhead, recipient: Recipient) -> str:
    mode, digest = calmer(recipient.choices)
    return links.mail_choice(letterhead.web_url, recipient.token, mode, digest)


def _list_headers(letterhead: Letterhead, recipient: Recipient) -> dict[str, str]:
    return {
        "List-Id": f"Tutor Workbench letters <letters.{letterhead.domain}>",
        # RFC 8058: a mail program posts to the address; opened, it only shows a page
        "List-Unsubscribe": f"<{_choice_url(letterhead, recipient)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("flows.emails"),
        autoescape=select_autoescape(enabled_extensions=("mjml.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
