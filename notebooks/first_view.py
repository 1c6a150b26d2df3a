"""The page as it is when a browser asks for it, shown until the live one has taken its place.

A browser needs seconds to start marimo and to open its socket; words and figures need not wait.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from markupsafe import Markup

from core.settings import Settings
from notebooks import frame
from notebooks.viewer import Viewer
from notebooks.widgets import PAGE_SCRIPT, STYLE

_SCRIPT = PAGE_SCRIPT + Path(__file__).with_name("first_view.js").read_text()
# a widget of the live page has a shadow root with the same style
_PART = Markup(
    '<div><template shadowrootmode="open"><style>{}</style><div>{}</div></template></div>'
)
_VIEW = Markup(
    '<div id="first-view" data-title="{title} · Tutor Workbench">'
    '<p role="status" class="tw-late" hidden>This page is not live yet and does not renew itself. '
    "Reload it if it stays so.</p>"
    '{head}<main class="tw-main">{body}</main>{foot}</div>'
    "<script>(() => {{{script}}})();</script>"
)


def first_view(settings: Settings) -> Callable[[str, Mapping[str, Any]], str]:
    """Returns what makes the HTML of a page: of an address's query, for the user of a login."""

    def view(query: str, user: Mapping[str, Any]) -> str:
        viewer = Viewer.of(user)
        opened = frame.open_set(settings, viewer)
        page = frame.compose(opened, dict(parse_qsl(query)), viewer, settings.demo)
        return _VIEW.format(
            title=page.title,
            head=_part(page.head),
            body=_part(page.body),
            foot=_part(page.foot),
            script=Markup(_SCRIPT),
        )

    return view


def _part(html: Markup) -> Markup:
    return _PART.format(Markup(STYLE), html)
