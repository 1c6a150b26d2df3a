"""The few pages that are not the dashboard: mailbox, messages. Every value is escaped."""

from __future__ import annotations

from datetime import datetime
from html import escape
from urllib.parse import quote
from zoneinfo import ZoneInfo

from api.caller import Caller
from api.letters import Letter, LetterHead

LETTERS_PER_PAGE = 25
_PAGES = {
    "/dashboard/": "Dashboard",
    "/mailbox": "Mailbox",
    "/operations": "Operations",
    "/reviews": "Reviews",
    "/settings": "Settings",
    "/docs": "API",
}


def frame(title: str, body: str, *, caller: Caller | None = None, is_demo: bool = False) -> str:
    """Returns a whole page; `body` is HTML, `title` is text."""
    demo = '<span class="tag">DEMO</span>' if is_demo else ""
    menu = _menu(title, caller, is_demo) if caller else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)} · Tutor Workbench</title>"
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/pages.css"></head>'
        f"<body><header><b>Tutor Workbench</b>{demo}{menu}</header>{body}</body></html>"
    )


def notes(told: str, wrong: str = "") -> str:
    """Returns what an action just did, or what was wrong with it; nothing for neither."""
    notice = f'<p class="card" role="status">{escape(told)}</p>' if told else ""
    return notice + (f'<p class="alert" role="alert">{escape(wrong)}</p>' if wrong else "")


def message_page(title: str, detail: str) -> str:
    """Returns a page that says what happened and what to do next."""
    body = (
        f'<main class="narrow"><h1>{escape(title)}</h1><p>{escape(detail)}</p>'
        '<p><a class="btn" href="/dashboard/">Go to the dashboard</a></p></main>'
    )
    return frame(title, body)


def mailbox_page(
    heads: list[LetterHead], total: int, page: int, zone: str, *, caller: Caller, is_demo: bool
) -> str:
    """Returns one page of the list of caught letters; times are shown in `zone`."""
    rows = "".join(_letter_row(head, zone) for head in heads)
    table = (
        '<table><thead><tr><th scope="col">Subject</th><th scope="col">To</th>'
        f'<th scope="col">When</th></tr></thead><tbody>{rows}</tbody></table>'
    )
    empty = '<p class="card">No letter yet. One is sent for each session that ends.</p>'
    body = (
        f"<main><h1>{_count(total)}</h1>"
        '<p class="meta">Caught on this machine; none of them left it.</p>'
        f"{table if heads else empty}{_turn_pages(page, total)}</main>"
    )
    return frame("Mailbox", body, caller=caller, is_demo=is_demo)


def letter_page(letter: Letter, zone: str, *, caller: Caller, is_demo: bool) -> str:
    """Returns one letter: its headers, its HTML in a frame of its own, its text."""
    head = letter.head
    source = f"/mailbox/{quote(head.key)}/letter"
    body = (
        '<main><p class="meta"><a href="/mailbox">← All letters</a></p>'
        f"<h1>{escape(head.subject)}</h1>"
        f'<p class="meta">To {escape(head.to)} · {when(head.date, zone)}</p>'
        f'<iframe class="card" title="The letter" src="{escape(source)}" sandbox="{SANDBOX}">'
        "</iframe>"
        f"<details><summary>Plain text</summary><pre>{escape(letter.text)}</pre></details>"
        f'<p class="meta">Message-ID {escape(head.message_id)}</p></main>'
    )
    return frame(head.subject, body, caller=caller, is_demo=is_demo)


# A letter runs no script and is of no origin, but its links work as they do in a mail program.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"


def _menu(title: str, caller: Caller, is_demo: bool) -> str:
    may_see = {
        "Mailbox": is_demo,
        "Reviews": caller.may_act,
    }
    links = "".join(
        f'<a href="{path}"{" aria-current=page" if name == title else ""}>{name}</a>'
        for path, name in _PAGES.items()
        if may_see.get(name, True)
    )
    return (
        f'<nav aria-label="Pages">{links}</nav>'
        f'<span class="meta">{escape(caller.display_name)} · {escape(caller.role)}'
        ' · <a href="/logout">Log out</a></span>'
    )


def _count(total: int) -> str:
    return "1 letter" if total == 1 else f"{total:,} letters"


def _letter_row(head: LetterHead, zone: str) -> str:
    return (
        f'<tr><td><a href="/mailbox/{quote(head.key)}">{escape(head.subject) or "No subject"}</a>'
        f"</td><td>{escape(head.to)}</td><td>{when(head.date, zone)}</td></tr>"
    )


def _turn_pages(page: int, total: int) -> str:
    last = max(1, -(-total // LETTERS_PER_PAGE))
    if last == 1:
        return ""
    newer = f'<a href="/mailbox?page={page - 1}">← Newer</a>' if page > 1 else ""
    older = f'<a href="/mailbox?page={page + 1}">Older →</a>' if page < last else ""
    return f'<nav class="turn" aria-label="More">{newer}<span>{page} of {last}</span>{older}</nav>'


def when(moment: datetime | None, zone: str) -> str:
    """Returns a moment as people read it in `zone`."""
    if moment is None:
        return "date not known"
    return f"{moment.astimezone(ZoneInfo(zone)):%-d %b %Y, %H:%M %Z}"
