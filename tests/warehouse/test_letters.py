"""Letters and digests are read from the marts that dbt really makes."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from core.choices import Choices
from core.lake import SESSIONS
from core.marts import Marts
from core.recipients import Recipient
from flows.emails.digest import read_digest
from flows.emails.digest_letter import digest_letter
from flows.emails.render import Letterhead
from flows.emails.report import read_reports
from flows.emails.session_letter import session_letter
from flows.emails.storm import find_storm
from flows.publish import publish_marts
from flows.results import refuse_failures
from tests.flows.emails.marts_world import make_recipient
from tests.warehouse.conftest import TinyWarehouse
from tests.warehouse.tiny_world import AS_OF, land, moment, session

HEAD = Letterhead("https://qa.example", "Workbench <w@qa.example>", "America/Chicago")


@pytest.fixture(scope="module")
def marts(full_warehouse: TinyWarehouse, tmp_path_factory: pytest.TempPathFactory) -> Marts:
    """The tiny world, in which every tutor on the list has just taught, live."""
    folder = tmp_path_factory.mktemp("letters")
    shutil.copytree(full_warehouse.lake_dir, folder / "lake")
    warehouse = TinyWarehouse(folder / "warehouse", folder / "lake")
    listed = full_warehouse.rows("SELECT tutor_id FROM rpt_needs_attention")
    rows = [
        session(f"live-{n}", row["tutor_id"], moment(-0.2), f"st-{n}")
        for n, row in enumerate(listed)
    ]
    land(warehouse.lake_dir, SESSIONS, rows, 50_000, is_backfill=False)
    refuse_failures(warehouse.build(AS_OF))
    publish_marts(warehouse.path, folder / "marts", ingest_seq=1, as_of=AS_OF, now=AS_OF)
    return Marts(folder / "marts")


@pytest.fixture
def ann() -> Recipient:
    return make_recipient()


def test_every_live_session_with_an_outcome_gives_a_letter(marts: Marts, ann: Recipient) -> None:
    reports = list(read_reports(marts, 0))
    [wanted] = marts.rows("select count(*) as n from rpt_session_reports where not is_backfill")
    assert len(reports) == wanted["n"] > 0
    for report in reports:
        assert report.session_id in session_letter(report, HEAD, "<m@qa>", ann).text
    assert max(len(report.trend) for report in reports) >= 2


def test_a_flagged_tutors_letter_says_what_would_clear_the_flag(marts: Marts) -> None:
    listed = {row["tutor_id"]: row for row in marts.rows("from rpt_needs_attention")}
    flagged = [report for report in read_reports(marts, 0) if report.flag]
    assert flagged
    for report in flagged:
        assert report.flag
        assert report.flag.clears_text == listed[report.tutor_id]["clears_text"]
    assert {report.tutor_id for report in read_reports(marts, 0) if not report.flag}.isdisjoint(
        listed
    )


def test_a_digest_says_what_the_marts_say(marts: Marts, ann: Recipient) -> None:
    since = (AS_OF - timedelta(days=60)).date()
    digest = read_digest(marts, "weekly", ann.choices, AS_OF, since)
    first = marts.rows("from rpt_needs_attention order by position limit 1")[0]
    assert digest.attention[0].tutor_id == first["tutor_id"]
    [week] = marts.rows("from rpt_platform_periods where period = 'week'")
    assert digest.periods["week"].session_count == week["session_count"] > 0
    assert digest.changes
    assert first["display_name"] in digest_letter(digest, HEAD, "<d@qa>", ann).text


def test_a_team_without_tutors_has_an_empty_digest(marts: Marts) -> None:
    nobody = Choices(teams=("nobody@qa.example",))
    digest = read_digest(marts, "daily", nobody, AS_OF, AS_OF.date())
    assert (digest.attention, digest.attention_total, digest.changes) == ([], 0, [])


def test_the_tiny_world_is_no_storm(marts: Marts, tmp_path: Path) -> None:
    assert find_storm(marts, 0.3, "https://qa.example", AS_OF) is None
