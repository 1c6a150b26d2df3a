"""A whole page, head to foot, as the live page shows it and the first view that comes before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from core.annotations import Annotations
from core.errors import MartsNotPublished
from core.marts import Published
from core.settings import Settings
from core.under_way import read_acts
from notebooks import components, data, files, pages
from notebooks.data import Reader
from notebooks.viewer import Viewer


@dataclass(frozen=True)
class Frame:
    """The three parts of a page, as HTML that is escaped, and its title."""

    title: str
    head: Markup
    body: Markup
    foot: Markup


@dataclass(frozen=True)
class Opened:
    """A published set, and a reader of what one viewer may see of it."""

    published: Published
    reader: Reader


def open_set(settings: Settings, viewer: Viewer) -> Opened | None:
    """Returns the newest set with what people marked and did since; None before the first."""
    marts = data.open_marts(settings.marts_dir)
    try:
        published = marts.published()
    except MartsNotPublished:
        return None
    # a tutor sees nothing that others wrote
    days = () if viewer.is_tutor else tuple(Annotations(settings.annotations_path).all())
    acts = () if viewer.is_tutor else read_acts(settings.acts_path)
    return Opened(published, Reader(marts, published.number, viewer.selection, days, acts))


def compose(
    opened: Opened | None, query: Mapping[str, str], viewer: Viewer, is_demo: bool
) -> Frame:
    """Returns the page that the query of an address asks for."""
    if opened is None:
        first = components.notice(*pages.FIRST_MARTS)
        head = components.header(first.section, viewer, is_demo)
        return Frame(first.title, head, first.body, Markup(""))
    page = pages.compose(opened.reader, query, viewer)
    fresh = data.freshness(opened.reader)
    taken = files.bar(page.files, query, fresh, opened.published, viewer, is_demo)
    return Frame(
        title=page.title,
        head=components.header(page.section, viewer, is_demo),
        body=page.body + taken,
        foot=components.footer(fresh, opened.published, viewer, is_demo),
    )
