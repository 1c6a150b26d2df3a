"""What may be taken away of a page: its rows as files, the page as a picture or on paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from markupsafe import Markup

from core.marts import Published
from notebooks import text
from notebooks.components import joined, link
from notebooks.data import Row
from notebooks.viewer import Viewer

_KINDS = {"csv": "CSV", "parquet": "Parquet"}


@dataclass(frozen=True)
class File:
    """Rows of a mart that a page shows; `query` chooses them as `/v1/export` understands it."""

    words: str
    mart: str
    query: Mapping[str, str] = field(default_factory=dict)

    def links(self) -> Markup:
        """Returns what it holds in words, with a link for each kind of file."""
        chosen = urlencode({name: value for name, value in self.query.items() if value})
        address = f"/v1/export/{self.mart}.{{}}" + (f"?{chosen}" if chosen else "")
        kinds = joined(
            Markup(" {}").format(link(address.format(kind), words))
            for kind, words in _KINDS.items()
        )
        return Markup("<span>{}{}</span>").format(self.words, kinds)


def offer(*files: File) -> Markup:
    """Returns the links of all these files."""
    return joined(file.links() for file in files)


def bar(
    files: Markup,
    query: Mapping[str, str],
    fresh: Row,
    published: Published,
    viewer: Viewer,
    is_demo: bool,
) -> Markup:
    """Returns what may be done with the page that `query` asks for; `files` are its links.

    The picture has a line that says which set it is of. Tutors take no files away.
    """
    told = text.listed(
        [
            "DEMO" if is_demo else "",
            f"as of {text.moment(fresh['as_of'], fresh['time_zone'])}",
            f"formula {fresh['formula_version']}",
            f"set {published.number}",
        ]
    )
    return Markup(
        '<nav class="take" aria-label="Take away">{}<span>The page '
        '<button type="button" class="plain" data-picture="{}" data-told="{}">Picture</button> '
        '<button type="button" class="plain" data-print>Print</button></span>'
        '<span role="status"></span></nav>'
    ).format(
        Markup("") if viewer.is_tutor else files, f"{_name(query)}-set{published.number}", told
    )


def _name(query: Mapping[str, str]) -> str:
    parts = [query[part] for part in ("view", "tutor", "part", "session") if query.get(part)]
    return "-".join(parts) or "today"
