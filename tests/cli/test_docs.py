"""The warehouse's documentation is one page; the age of the lake's records is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core import lake
from core.lake import SESSIONS
from core.settings import load_settings
from tests.cli.conftest import Workbench
from tests.warehouse.tiny_world import AS_OF, land, session


def test_the_page_holds_models_metrics_and_readers(workbench: Workbench) -> None:
    said = workbench("docs")
    page = load_settings().docs_path.read_text()
    assert said.code == 0 and said.out.endswith("/warehouse\n")
    for name in ("rpt_tutor_scorecards", "tutor_reschedule_rate", "snp_tutor_profiles", "letters"):
        assert name in page
    assert "The warehouse of the Tutor Workbench" in page


@pytest.mark.parametrize(
    ("hours", "status", "code"), [(1, "pass", 0), (20, "warn", 0), (100, "error", 1)]
)
def test_the_age_of_the_newest_record_is_told(
    workbench: Workbench, hours: int, status: str, code: int
) -> None:
    received = datetime.now(UTC) - timedelta(hours=hours)
    rows = [session("s", "t", AS_OF, received_at=received)]
    land(load_settings().lake_dir, SESSIONS, rows, 1)
    said = workbench("lake", "freshness")
    assert (said.code, said.out) == (code, f"sessions: {status}, the newest is {hours}.0 h old\n")


def test_an_empty_lake_has_no_age_and_says_so_in_one_line(workbench: Workbench) -> None:
    lake.ensure(load_settings().lake_dir)
    said = workbench("lake", "freshness")
    assert said.code == 1 and said.is_one_line and "no record" in said.err
