"""A real published set in a folder of its own, and a way to publish the next one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from core.lake import write_durably
from core.marts import POINTER, Published
from notebooks import data, pages
from notebooks.data import Reader
from notebooks.viewer import NOBODY, Viewer

PublishSet = Callable[..., Published]
# what the pages about the whole company read
COMPANY = Path(__file__).with_name("marts_company.sql").read_text()
_FIRST = Published(1, "marts-1.duckdb", "2026-11-22T16:00:05Z", "2026-11-22T16:00:00Z", 60)


def page_html(reader: Reader, viewer: Viewer = NOBODY, **query: str) -> str:
    return str(pages.compose(reader, query, viewer).body)


@pytest.fixture
def shown_marts_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "marts"
    folder.mkdir()
    return folder


@pytest.fixture
def publish_set(shown_marts_dir: Path) -> PublishSet:
    """Publishes the set of marts.sql under a number, changed by `change` if that is given."""

    def publish(number: int = 1, change: str = "") -> Published:
        published = replace(_FIRST, number=number, file=f"marts-{number}.duckdb")
        with duckdb.connect(str(shown_marts_dir / published.file)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(Path(__file__).with_name("marts.sql").read_text() + change)
        write_durably(shown_marts_dir / POINTER, published.to_json())
        return published

    return publish


@pytest.fixture
def shown_set(shown_marts_dir: Path, publish_set: PublishSet) -> Reader:
    return Reader(data.open_marts(shown_marts_dir), publish_set().number)


@pytest.fixture
def workbench_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Points the settings of this process at the temporary folder, which is returned."""
    monkeypatch.setenv("WORKBENCH_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WORKBENCH_DEMO", "true")
    return tmp_path
