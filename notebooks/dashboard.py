# /// script
# [tool.marimo.display]
# theme = "system"
# ///
# mypy: allow-untyped-defs
"""The published dashboard: Today and the other pages. Pushed when marts are published.

The browser's address says which page is shown, so the link in a letter opens exactly that.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="full", app_title="Tutor Workbench", css_file="theme.css")

with app.setup:
    from urllib.parse import parse_qsl, urlencode

    import marimo as mo
    from markupsafe import Markup

    from core.annotations import Annotations
    from core.errors import MartsNotPublished
    from core.marts import POINTER
    from core.settings import load_settings
    from core.under_way import read_acts
    from notebooks import components, data, files, pages
    from notebooks.components import Address, Fragment
    from notebooks.viewer import Viewer


@app.cell
def settings():
    config = load_settings()
    marts = data.open_marts(config.marts_dir)
    viewer = Viewer.of(getattr(mo.app_meta().request, "user", None) or {})
    return config, marts, viewer


@app.cell
def widgets():
    address = mo.ui.anywidget(Address(query=urlencode(mo.query_params().to_dict())))
    head, body, foot = Fragment(), Fragment(), Fragment()
    return address, body, foot, head


@app.cell
def pointer(config):
    # each pushes within a second of a change, also of the very first one
    moved = mo.watch.file(config.marts_dir / POINTER)
    marked = mo.watch.file(config.annotations_path)
    acted = mo.watch.file(config.acts_path)
    return acted, marked, moved


@app.cell
def published(acted, config, marked, marts, moved, viewer):
    moved(), marked(), acted()
    try:
        current = marts.published()
        # a tutor sees nothing that others wrote
        days = () if viewer.is_tutor else tuple(Annotations(config.annotations_path).all())
        acts = () if viewer.is_tutor else read_acts(config.acts_path)
        reader = data.Reader(marts, current.number, viewer.selection, days, acts)
    except MartsNotPublished:
        current = reader = None
    return current, reader


@app.cell
def page(address, reader, viewer):
    query = dict(parse_qsl(address.query))
    shown = (
        pages.compose(reader, query, viewer) if reader else components.notice(*pages.FIRST_MARTS)
    )
    return query, shown


@app.cell
def frame(body, config, current, foot, head, query, reader, shown, viewer):
    components.show(head, components.header(shown.section, viewer, config.demo))
    taken = Markup("")
    if reader:
        fresh = data.freshness(reader)
        taken = files.bar(shown.files, query, fresh, current, viewer, config.demo)
        components.show(foot, components.footer(fresh, current, viewer, config.demo))
    components.show(body, shown.body + taken, view=urlencode(query), title=shown.title)
    return


@app.cell
def layout(address, body, foot, head):
    mo.Html(
        f"{mo.as_html(address)}{mo.as_html(head)}"
        f'<main class="tw-main">{mo.as_html(body)}</main>'
        f"{mo.as_html(foot)}"
    )
    return


if __name__ == "__main__":
    app.run()
