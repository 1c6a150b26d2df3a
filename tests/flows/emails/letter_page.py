"""What a reader of a letter's HTML sees, held against its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from flows.emails.render import Letter

VOID = {"meta", "br", "img", "link", "hr"}


@dataclass
class Page(HTMLParser):
    """What a reader of the HTML part sees: words, addresses of links, and tags with attributes."""

    words: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        self.links += [attributes["href"] or ""] if tag == "a" else []
        is_hidden = "display:none" in (attributes.get("style") or "")
        if tag not in VOID:
            self._open.append("hidden" if is_hidden else tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not {"style", "title", "hidden"} & set(self._open):
            self.words.append(" ".join(data.split()).strip(" ·"))


def read_page(html: str) -> Page:
    page = Page()
    page.feed(html)
    return page


def read_both(letter: Letter) -> Page:
    """Returns what the HTML shows, once every word and every link of it is in the text too."""
    page, text = read_page(letter.html), " ".join(letter.text.split())
    assert [words for words in page.words if words not in text] == []
    assert [link for link in page.links if link not in text] == []
    return page
