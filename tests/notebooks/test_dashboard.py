"""The notebooks run as they are, over a real published set."""

from __future__ import annotations

from pathlib import Path

import pytest

from notebooks import dashboard
from tests.notebooks.conftest import PublishSet

pytestmark = pytest.mark.usefixtures("workbench_environment")


def test_dashboard_opens_on_today(publish_set: PublishSet) -> None:
    publish_set()
    _, shown = dashboard.app.run()
    assert shown["body"].page["title"] == "One tutor needs you today"
    assert "DEMO" in shown["head"].page["html"]
    assert "set 1" in shown["foot"].page["html"]


def test_dashboard_says_so_when_nothing_is_published(shown_marts_dir: Path) -> None:
    assert not list(shown_marts_dir.iterdir())
    _, shown = dashboard.app.run()
    assert shown["body"].page["title"] == "The first marts are being built"
    assert shown["foot"].page["html"] == ""
