"""Writes what both APIs promise to `docs/`, to be read, and compared in review: make openapi."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from api.app import create_app as create_web
from core.errors import CannotStart, WorkbenchError
from core.settings import load_settings
from ingest.advice import row_advice
from ingest.app import create_app as create_ingest
from ingest.strict_json import FAULTS

DOCS = Path(__file__).resolve().parent.parent / "docs"
_CATALOGUE = """# Errors

Made from the code by `make openapi`. Every error is `application/problem+json` (RFC 9457) with
`type`, `title`, `status`, `detail` and `request_id`. `detail` says what to do and never repeats
what was sent.

## Of a request

{requests}

## Of one record

In `rejected`, each with `pointer` (where in the record, RFC 6901), `code` and `detail`. Codes that
begin with `datetime` or `date` mean that a time or a date cannot be read.

{records}

## Of JSON that would not survive

Codes of a record as well; if it is the only one of the request, the first three are a 400.

{faults}
"""


def documents() -> dict[str, str]:
    """Returns the text of each generated document by its name in `docs/`."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(data_dir=Path(folder))
        apps = {"ingest": create_ingest(settings), "web": create_web(settings)}
        texts = {f"openapi-{name}.json": _json(app.openapi()) for name, app in apps.items()}
    return texts | {"errors.md": error_catalogue()}


def error_catalogue() -> str:
    """Returns every error that a sender or a reader can meet, as Markdown."""
    requests = sorted({(e.status, e.title, e.retry_after_seconds) for e in _family(WorkbenchError)})
    rows = [
        (str(status), f"{title}{f'; `Retry-After: {wait}`' if wait else ''}")
        for status, title, wait in requests
    ]
    return _CATALOGUE.format(
        requests=_table("Status", "Title", rows),
        records=_table("Code", "Advice", sorted(row_advice().items())),
        faults=_table("Code", "Advice", list(FAULTS.items())),
    )


def _family(error: type[WorkbenchError]) -> Iterator[type[WorkbenchError]]:
    # only what the two doors can answer with, whatever else this process has imported
    if error is not CannotStart and error.__module__.partition(".")[0] in ("core", "ingest", "api"):
        yield error
    for kind in error.__subclasses__():
        yield from _family(kind)


def _table(first: str, second: str, rows: list[tuple[str, str]]) -> str:
    lines = [f"| {first} | {second} |", "|---|---|"]
    return "\n".join(lines + [f"| {name} | {text} |" for name, text in rows])


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    for name, text in documents().items():
        (DOCS / name).write_text(text)
