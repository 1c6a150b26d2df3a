"""The page of settings: one's own letters, what flags go by, and for admins who may do what."""

from __future__ import annotations

from html import escape

from api.accounts import Account
from api.caller import Caller
from api.html import frame, notes
from api.mail_pages import own_fields, words
from core.choices import Choices
from core.recipients import Recipient

_NO_ADDRESS = (
    '<p class="card">Nobody has said where letters to you go. An admin can: '
    "<code>workbench user address {} you@company.example</code></p>"
)
_RULES = (
    '<p class="card">Weights of the score, limits of flags and how many cases a coach gets are the '
    'same for everybody: <a href="/dashboard/?view=rules">What scores and flags go by</a>.</p>'
)


def settings_page(
    account: Account | None,
    recipient: Recipient | None,
    people: list[Account],
    zone: str,
    *,
    caller: Caller,
    is_demo: bool,
    told: str = "",
    wrong: str = "",
) -> str:
    """Returns the page. `people` are the accounts that an admin sees, `zone` is the company's."""
    body = (
        f"<main><h1>Settings</h1>{notes(told, wrong)}<h2>My letters</h2>"
        f"{_letters(account, recipient, zone, caller)}"
        f"<h2>Thresholds and weights</h2>{_RULES}{_people(people)}</main>"
    )
    return frame("Settings", body, caller=caller, is_demo=is_demo)


def _letters(
    account: Account | None, recipient: Recipient | None, zone: str, caller: Caller
) -> str:
    if account is None or not account.address:
        return _NO_ADDRESS.format(escape(caller.username))
    choices = recipient.choices if recipient else Choices(time_zone=zone)
    now = words(choices) if recipient else "nothing yet"
    scope = f" about tutors of {', '.join(choices.teams)}" if choices.teams else ""
    return (
        f'<p class="meta">{escape(account.address)} gets {escape(now + scope)}.</p>'
        '<form class="card fields" method="post" action="/settings">'
        f"{own_fields(choices)}"
        f'<p class="buttons"><button class="btn main">{"Save" if recipient else "Start"}</button>'
        "</p></form>"
    )


def _people(people: list[Account]) -> str:
    if not people:
        return ""
    rows = "".join(_person(one) for one in people)
    return (
        '<h2>Who gets letters</h2><p class="card"><a href="/recipients">Recipients</a>: everybody '
        "who is written to, and what they get.</p><h2>Who may log in</h2>"
        '<table><thead><tr><th scope="col">Name</th><th scope="col">Role</th>'
        f'<th scope="col">Sees</th><th scope="col">Letters go to</th></tr></thead>{rows}</table>'
        '<p class="meta">Change it with <code>workbench user add</code>, <code>password</code>, '
        "<code>teams</code> and <code>address</code>.</p>"
    )


def _person(one: Account) -> str:
    seen = f"tutors of {', '.join(one.teams)}" if one.teams else "all tutors"
    cells = (f"{one.display_name} ({one.username})", one.role, seen, one.address or "not known")
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
