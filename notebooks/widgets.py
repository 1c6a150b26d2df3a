"""Widgets that carry our own semantic HTML into open pages, and the address back."""

from __future__ import annotations

import json
from pathlib import Path

import anywidget
import traitlets
from markupsafe import Markup

_FOLDER = Path(__file__).parent
STYLE = (_FOLDER / "components.css").read_text()
# a picture of the page takes the style along, and a browser does not give it back whole
PAGE_SCRIPT = f"const STYLE = {json.dumps(STYLE)};\n" + "".join(
    (_FOLDER / name).read_text() for name in ("acts.js", "picture.js", "page.js")
)


class Fragment(anywidget.AnyWidget):
    """Shows `page`: `html` that is escaped already, its `title`, and the `view` it belongs to."""

    _css = STYLE
    _esm = PAGE_SCRIPT + (_FOLDER / "fragment.js").read_text()
    page = traitlets.Dict({}).tag(sync=True)


class Address(anywidget.AnyWidget):
    """Holds the query of the browser's address, also after a click, back and forward."""

    _esm = _FOLDER / "address.js"
    query = traitlets.Unicode("").tag(sync=True)


def show(fragment: Fragment, html: Markup, view: str = "", title: str = "") -> None:
    """Puts `html` into the open pages; a `view` other than before counts as a new page."""
    fragment.page = {"html": str(html), "view": view, "title": title}
