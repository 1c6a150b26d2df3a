"""Letters as a reader sees them: in a real browser, wide and narrow, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser

from core.choices import Choices
from core.recipients import Recipient
from flows.emails.digest import read_digest
from flows.emails.digest_letter import digest_letter
from flows.emails.render import Letterhead
from flows.emails.report import Report
from flows.emails.session_letter import session_letter
from tests.flows.emails.marts_world import ATTENTION, NOW, Publisher

_CONTRAST = """
() => {
  const light = c => {
    const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(v => {
      v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
    });
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const ground = node => {
    for (; node; node = node.parentElement) {
      const c = getComputedStyle(node).backgroundColor;
      if (!/rgba\\(.*, 0\\)/.test(c)) return c;
    }
    return 'rgb(255,255,255)';
  };
  const poor = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !node.getClientRects().length) continue;
    const [a, b] = [light(getComputedStyle(node).color), light(ground(node))].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) poor.push(walk.currentNode.data.trim());
  }
  return poor;
}
"""


@pytest.fixture
def letters(
    make_report: Callable[..., Report],
    publish_reports: Publisher,
    letterhead: Letterhead,
    recipient: Recipient,
) -> dict[str, str]:
    trend = [{"on": NOW.date() - timedelta(days=7 * n), "score": 60 - 3 * n} for n in range(8)]
    report = make_report(trend=trend, display_name="n" * 90, session_id="S" * 128)
    digest = read_digest(
        publish_reports(sql=ATTENTION), "weekly", Choices(), NOW, date(2026, 11, 13)
    )
    return {
        "session": session_letter(report, letterhead, "<m@qa.example>", recipient).html,
        "digest": digest_letter(digest, letterhead, "<d@qa.example>", recipient).html,
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [600, 360])
@pytest.mark.parametrize("kind", ["session", "digest"])
def test_a_letter_fits_its_window_and_can_be_read(
    browser: Browser, letters: dict[str, str], kind: str, width: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(letters[kind])
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(_CONTRAST) == []
    assert asked == []
    button = page.get_by_role("link", name="Open", exact=False).first.bounding_box()
    assert button and button["height"] >= 44
    context.close()
