"""Each page offers its rows as files that the API gives, and itself as a picture."""

from __future__ import annotations

import base64
import re
from html import unescape
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml
from playwright.sync_api import Page, expect

from api.parameters import ExportQuery
from api.queries.exports import EXPORTS
from core.marts import Published
from notebooks import data, files, pages
from notebooks.data import Reader
from notebooks.viewer import NOBODY
from tests.notebooks.conftest import COMPANY, PublishSet

MARTS = Path(__file__).resolve().parents[2] / "dbt_project" / "models" / "marts"
_SELECTING = {"team", "subject", "tenure", "zone", "search"}
_NOW = Published(42, "set.duckdb", "2026-11-22T16:00:05Z", "2026-11-22T16:00:00Z", 7)
VIEWS = [
    {},
    {"team": "maria@company.example"},
    {"view": "tutors", "q": "Tomás & co", "state": "new_tutor"},
    {"view": "tutors", "state": "flagged", "subject": "Algebra"},
    {"view": "first-sessions", "days": "365"},
    {"view": "upcoming", "kind": "no_show", "hours": "72", "tenure": "new"},
    {"view": "helped", "days": "56"},
    {"view": "platform"},
    {"tutor": "T-1"},
    {"session": "S-2"},
]


def _offered(reader: Reader, query: dict[str, str]) -> list[tuple[str, str, dict[str, str]]]:
    addresses = re.findall(r'href="(/v1/export/[^"]+)"', pages.compose(reader, query).files)
    split = [urlsplit(unescape(address)) for address in addresses]
    return [(*Path(one.path).name.split("."), dict(parse_qsl(one.query))) for one in split]


@pytest.mark.parametrize("query", VIEWS, ids=str)
def test_a_page_offers_files_that_the_api_gives_chosen_as_the_page_is(
    publish_set: PublishSet, shown_set: Reader, query: dict[str, str]
) -> None:
    publish_set(2, COMPANY if "view" in query else "")
    offered = _offered(Reader(shown_set.marts, 2), query)
    assert {kind for _, kind, _ in offered} == {"csv", "parquet"}
    for mart, _, chosen in offered:
        contract = yaml.safe_load((MARTS / f"{mart}.yml").read_text())
        columns = {column["name"] for column in contract["models"][0]["columns"]}
        asked = ExportQuery.model_validate(chosen)
        assert mart in EXPORTS
        assert asked.rows().keys() <= columns
        assert "search" not in chosen or {"display_name", "tutor_id"} <= columns
        assert chosen.keys() - _SELECTING <= columns


def test_what_is_chosen_on_the_page_is_chosen_in_its_files(
    publish_set: PublishSet, shown_set: Reader
) -> None:
    publish_set(2, COMPANY)
    reader = Reader(shown_set.marts, 2)
    [(mart, _, chosen), _] = _offered(reader, {"view": "upcoming", "hours": "72", "zone": "UTC"})
    assert (mart, chosen) == (
        "fct_upcoming_risk",
        {"kind": "reschedule", "hours_ahead": "72", "zone": "UTC"},
    )
    [(mart, _, chosen), _] = _offered(reader, {"view": "tutors", "q": "Ri", "state": "flagged"})
    assert (mart, chosen) == ("rpt_needs_attention", {"search": "Ri"})


def test_the_bar_names_the_page_and_says_which_set_it_is_of(shown_set: Reader) -> None:
    fresh = data.freshness(shown_set)
    shown = files.bar(
        files.offer(files.File("Cases", "rpt_needs_attention", {"team": "a&b"})),
        {"tutor": 'T-"1'},
        fresh,
        _NOW,
        NOBODY,
        is_demo=True,
    )
    assert 'href="/v1/export/rpt_needs_attention.csv?team=a%26b">CSV</a>' in shown
    assert 'data-picture="tutor-T-&#34;1-set42"' not in shown
    assert 'data-picture="T-&#34;1-set42"' in shown
    assert "DEMO · as of" in shown and "set 42" in shown


_LOOK = """async (address) => {
    const image = await createImageBitmap(await (await fetch(address)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const colours = new Set();
    for (let at = 0; at < data.length; at += 4 * 97) colours.add(data.slice(at, at + 4).join());
    return { width: image.width, height: image.height, colours: [...colours] };
}"""


_LAST_LINE = """async (address) => {
    const image = await createImageBitmap(await (await fetch(address)).blob());
    const [width, height] = [image.width, 140];
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, image.height - height, width, height, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    const colours = new Set();
    for (let at = 0; at < data.length; at += 4) colours.add(data.slice(at, at + 4).join());
    const below = context.getImageData(0, height - 20, width, 20).data;
    const isPlain = below.every((value, at) => value === below[at % 4]);
    return isPlain ? colours.size : 0;
}"""


@pytest.mark.parametrize(("scheme", "ground"), [("light", "247,248,250"), ("dark", "16,18,22")])
def test_the_picture_of_a_page_is_sharp_and_has_the_colours_of_the_page(
    dashboard_url: str,
    phone_page: Page,
    publish_set: PublishSet,
    scheme: Literal["light", "dark"],
    ground: str,
) -> None:
    publish_set(1)
    phone_page.emulate_media(color_scheme=scheme)
    phone_page.goto(f"{dashboard_url}?tutor=T-1")
    expect(phone_page.get_by_role("heading", level=1)).to_contain_text("Rivera, Tomás")
    with phone_page.expect_download() as download:
        phone_page.get_by_role("button", name="Picture").click()
    assert download.value.suggested_filename == "T-1-set1.png"
    content = base64.b64encode(download.value.path().read_bytes()).decode()
    looked = phone_page.evaluate(_LOOK, f"data:image/png;base64,{content}")
    drawn = phone_page.evaluate(_LAST_LINE, f"data:image/png;base64,{content}")
    assert drawn > 10  # the line that says which set it is of is not cut off
    shown = phone_page.locator(".grid.tutor").bounding_box()
    assert shown is not None
    assert looked["width"] == 2 * shown["width"]
    assert looked["height"] > 1.5 * shown["height"]
    assert f"{ground},255" in looked["colours"]
    assert len(looked["colours"]) > 50
