"""The page of what was said in a session, with what the grader quoted in its place."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from api.caller import Caller
from api.html import frame
from api.review_pages import Passage, Quoted, Said, who_says


def said_page(session_id: str, said: Said, back: str, *, caller: Caller, is_demo: bool) -> str:
    """Returns the words of a session; `back` is the address of its page."""
    lines = "".join(
        _line(number, one, [quote for quote in said.quotes if quote.turn == number])
        for number, one in enumerate(said.passages)
    )
    none = "" if said.quotes else " The grader quoted nothing of it, or its quotes are gone."
    body = (
        f'<main><p class="meta"><a href="{escape(back)}">← The session</a></p>'
        f"<h1>What was said in {escape(session_id)}</h1>"
        '<p class="meta">Marked is what the grader quoted, with what it is to show. These are the '
        f"words of a tutor and a student: keep them to yourself.{none}</p>"
        f'<ol class="card said" start="0">{lines}</ol></main>'
    )
    return frame(f"Said in {session_id}", body, caller=caller, is_demo=is_demo)


def _line(number: int, one: Passage, quotes: Sequence[Quoted]) -> str:
    notes = "".join(f'<br><span class="meta">↳ {escape(quote.shows)}</span>' for quote in quotes)
    words = _marked(one.text, [quote.text for quote in quotes])
    return f'<li value="{number}"><b>{escape(who_says(one))}</b> {words}{notes}</li>'


def _marked(text: str, quotes: Sequence[str]) -> str:
    """Returns escaped text with the quotes marked; one that differs in signs marks the whole."""
    if not quotes:
        return escape(text)
    places = sorted({(text.find(quote), text.find(quote) + len(quote)) for quote in quotes})
    if places[0][0] < 0:
        return f"<mark>{escape(text)}</mark>"
    shown, end = "", 0
    for start, stop in places:
        start = max(start, end)
        if stop > start:
            shown += f"{escape(text[end:start])}<mark>{escape(text[start:stop])}</mark>"
            end = stop
    return shown + escape(text[end:])
