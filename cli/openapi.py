"""Writes what both APIs promise to `docs/`, to be read, and compared in review: make openapi."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from api.app import create_app as create_web
from core.settings import load_settings
from ingest.app import create_app as create_ingest

DOCS = Path(__file__).resolve().parent.parent / "docs"


def documents() -> dict[str, Any]:
    """Returns the OpenAPI document of each API by name: `ingest` and `web`."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(data_dir=Path(folder))
        return {
            "ingest": create_ingest(settings).openapi(),
            "web": create_web(settings).openapi(),
        }


if __name__ == "__main__":
    for name, document in documents().items():
        path = DOCS / f"openapi-{name}.json"
        path.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n")
