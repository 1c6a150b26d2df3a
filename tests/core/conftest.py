"""An environment without settings, keys on disk, and a tiny published set of marts."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from core.lake import write_durably
from core.marts import POINTER, Published

Publish = Callable[[int], Published]


@pytest.fixture
def clean_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No WORKBENCH_* variable is set and no .env is near."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("WORKBENCH_")]:
        monkeypatch.delenv(name)
    return monkeypatch


@pytest.fixture
def publish_number(tmp_path: Path) -> Publish:
    """Returns a function that publishes a set holding one number."""

    def publish(number: int) -> Published:
        file = f"marts-{number}.duckdb"
        with duckdb.connect(str(tmp_path / file)) as connection:
            connection.execute(f"CREATE TABLE numbers AS SELECT {number} AS number")
        published = Published(number, file, "2026-11-20T18:00:00+00:00", "2026-11-20", 7)
        write_durably(tmp_path / POINTER, published.to_json())
        return published

    return publish
