"""The pages: each turns rows of the marts into HTML that is escaped, and computes no figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from notebooks.components import Page
from notebooks.data import Reader
from notebooks.pages import (
    first_sessions,
    helped,
    platform,
    rules,
    session,
    today,
    tutor,
    tutors,
    upcoming,
)
from notebooks.viewer import NOBODY, Viewer

FIRST_MARTS = (
    "The first marts are being built",
    "This page fills itself as soon as they are published, usually a minute after the first "
    "sessions have arrived. Nothing needs to be reloaded.",
)
_VIEWS: dict[str, Callable[[Reader, Mapping[str, str], int], Page]] = {
    "tutors": tutors.compose,
    "first-sessions": first_sessions.compose,
    "upcoming": upcoming.compose,
    "rules": rules.compose,
}


def compose(reader: Reader, query: Mapping[str, str], viewer: Viewer = NOBODY) -> Page:
    """Returns the page that the query of an address asks for; without one, today's.

    A tutor has a page of their own, and its sessions.
    """
    if viewer.is_tutor and "session" not in query:
        query = {name: query[name] for name in ("part", "page") if name in query}
        query = query | {"tutor": viewer.tutor_id}
    if "session" in query:
        return session.compose(reader, query["session"], viewer)
    if "tutor" in query:
        return tutor.compose(reader, query, page_number(query), viewer)
    if query.get("view") == "platform":
        return platform.compose(reader, query, viewer)
    if query.get("view") == "helped":
        return helped.compose(reader, query, page_number(query), viewer)
    if view := _VIEWS.get(query.get("view", "")):
        return view(reader, query, page_number(query))
    return today.compose(reader, query, viewer)


def page_number(query: Mapping[str, str]) -> int:
    """Returns the asked page, 1 when it is none."""
    asked = query.get("page", "")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 7 else 1
