"""What goes from Python to open pages."""

from __future__ import annotations

from markupsafe import Markup

from notebooks import widgets


def test_fragment_sends_its_page_as_one_value() -> None:
    fragment = widgets.Fragment()
    widgets.show(fragment, Markup("<p>x</p>"), "tutor=T-1", "Rivera")
    assert fragment.page == {"html": "<p>x</p>", "view": "tutor=T-1", "title": "Rivera"}
