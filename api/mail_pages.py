"""Pages about who gets letters: one's own choice, by the link of a letter, and the whole list."""

from __future__ import annotations

from datetime import time
from html import escape
from urllib.parse import urlencode

from api.caller import Caller
from api.html import frame, notes
from core.choices import DIGESTS, MODES, Choices, Digest, Mode
from core.recipients import Recipient


def choice_page(
    recipient: Recipient, mode: Mode, digest: Digest, *, is_done: bool, is_demo: bool
) -> str:
    """Returns the page of one recipient; it asks before it changes anything."""
    others = "".join(
        _button(name, recipient.choices.digest, is_main=False)
        for name in MODES
        if name not in (mode, recipient.choices.mode)
    )
    asked = "" if is_done else _button(mode, digest, is_main=True)
    body = (
        f'<main class="narrow"><h1>{"Done" if is_done else "Fewer letters?"}</h1>'
        f"<p>{_masked(recipient.address)} now gets <b>{escape(words(recipient.choices))}</b>.</p>"
        f'{asked}<p class="meta">{"Changed your mind? Choose:" if is_done else "Or choose:"}</p>'
        f"{others}</main>"
    )
    return frame("Letters", body, is_demo=is_demo)


def words(choices: Choices) -> str:
    """Returns in words what somebody gets."""
    held = choices.mode in ("flagged", "digest")
    return MODES[choices.mode] + (f" {DIGESTS[choices.digest]}" if held else "")


def recipients_page(
    people: list[Recipient],
    zone: str,
    *,
    caller: Caller,
    is_demo: bool,
    told: str = "",
    wrong: str = "",
) -> str:
    """Returns the list of who gets letters, with a form for each and one for somebody new."""
    empty = '<p class="card">Nobody gets letters yet. Add somebody below.</p>'
    listed = "".join(_entry(one) for one in people)
    body = (
        f"<main><h1>Who gets letters</h1>{notes(told, wrong)}"
        '<p class="meta">Each session has a report with a page of its own, whoever is written to. '
        f"Nothing is dropped: what is not mailed at once is told in a digest.</p>{listed or empty}"
        f'<h2>Add somebody</h2><form class="card fields" method="post" action="/recipients">'
        '<label>Address<input name="address" type="email" required></label>'
        f"{_fields(Choices(time_zone=zone))}"
        '<button class="btn main" name="action" value="add">Add</button></form></main>'
    )
    return frame("Recipients", body, caller=caller, is_demo=is_demo)


def _button(mode: str, digest: str, *, is_main: bool) -> str:
    query = escape(urlencode({"mode": mode, "digest": digest}))
    label = words(Choices.model_validate({"mode": mode, "digest": digest}))
    return (
        f'<form method="post" action="?{query}"><p><button class="btn{" main" if is_main else ""}">'
        f"{escape(label[0].upper() + label[1:])}</button></p></form>"
    )


def _masked(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return escape(f"{local[:1]}…@{domain}")


def _entry(one: Recipient) -> str:
    address = escape(one.address)
    remove = (
        '<span class="meta">Named by WORKBENCH_MAIL_RECIPIENTS</span>'
        if one.is_of_settings
        else '<button class="btn" name="action" value="remove" formnovalidate>Remove</button>'
    )
    return (
        f'<details class="card"><summary>{address} · {escape(words(one.choices))}'
        f"{' · operator' if one.choices.is_operator else ''}</summary>"
        '<form class="card fields" method="post" action="/recipients">'
        f'<input type="hidden" name="address" value="{address}">{_fields(one.choices)}'
        '<p class="buttons"><button class="btn main" name="action" value="set">Save</button> '
        f"{remove}</p></form></details>"
    )


def _fields(choices: Choices) -> str:
    operator = " checked" if choices.is_operator else ""
    return (
        own_fields(choices)
        + _text("Only these teams (managers' addresses)", "teams", ", ".join(choices.teams))
        + _text("Only these tutors (ids)", "tutors", ", ".join(choices.tutors))
        + f'<label class="check"><input type="checkbox" name="is_operator" value="1"{operator}>'
        " Runs the workbench: gets alerts</label>"
    )


def own_fields(choices: Choices) -> str:
    """Returns the fields of what somebody may choose for themselves."""
    return (
        _select("Letters", "mode", MODES, choices.mode)
        + _select("Digest", "digest", DIGESTS, choices.digest)
        + _time("Digest at", "digest_at", choices.digest_at)
        + _text("Time zone", "time_zone", choices.time_zone)
        + _time("Quiet from", "quiet_from", choices.quiet_from)
        + _time("Quiet until", "quiet_until", choices.quiet_until)
        + _text("Most letters about sessions in an hour", "hourly_budget", choices.hourly_budget)
        + _text("Only these subjects", "subjects", ", ".join(choices.subjects))
    )


def _select(label: str, name: str, options: dict[Mode, str] | dict[Digest, str], now: str) -> str:
    listed = "".join(
        f'<option value="{value}"{" selected" if value == now else ""}>{escape(text)}</option>'
        for value, text in options.items()
    )
    return f'<label>{escape(label)}<select name="{name}">{listed}</select></label>'


def _time(label: str, name: str, value: time | None) -> str:
    shown = f"{value:%H:%M}" if value else ""
    return f'<label>{escape(label)}<input type="time" name="{name}" value="{shown}"></label>'


def _text(label: str, name: str, value: object) -> str:
    shown = escape(str(value))
    return f'<label>{escape(label)}<input name="{name}" value="{shown}"></label>'
