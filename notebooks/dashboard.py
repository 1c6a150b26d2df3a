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

    from core.marts import POINTER
    from core.settings import load_settings
    from notebooks import following, frame, widgets
    from notebooks.viewer import Viewer


@app.cell
def settings():
    config = load_settings()
    viewer = Viewer.of(getattr(mo.app_meta().request, "user", None) or {})
    return config, viewer


@app.cell
def parts():
    address = mo.ui.anywidget(widgets.Address(query=urlencode(mo.query_params().to_dict())))
    head, body, foot = widgets.Fragment(), widgets.Fragment(), widgets.Fragment()
    return address, body, foot, head


@app.cell
def sources(config):
    # a new set, a marked day and what a colleague did are pushed within a second
    paths = (config.marts_dir / POINTER, config.annotations_path, config.acts_path)
    changed, change = mo.state(following.stamps_of(paths))
    mo.Thread(target=following.follow, args=(paths, changed(), change)).start()
    return (changed,)


@app.cell
def published(changed, config, viewer):
    changed()
    opened = frame.open_set(config, viewer)
    return (opened,)


@app.cell
def page(address, body, config, foot, head, opened, viewer):
    query = dict(parse_qsl(address.query))
    shown = frame.compose(opened, query, viewer, config.demo)
    widgets.show(head, shown.head)
    widgets.show(foot, shown.foot)
    widgets.show(body, shown.body, view=urlencode(query), title=shown.title)
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
