"""Reviews come back as data: with the next full build, and without moving a score."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path

from flows.results import refuse_failures
from flows.reviews.dataset import write_days
from flows.reviews.ledger import Ledger
from flows.reviews.material import Material, to_passages
from flows.reviews.reviewer import Reviewer
from flows.reviews.rubric import load_rubric
from tests.warehouse.conftest import TinyWarehouse
from tests.warehouse.tiny_world import AS_OF

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SCORES = "SELECT tutor_id, score FROM rpt_tutor_scorecards ORDER BY tutor_id"


def test_a_review_is_a_row_after_the_next_full_build_and_moves_no_score(
    full_warehouse: TinyWarehouse, tmp_path: Path
) -> None:
    shutil.copytree(full_warehouse.folder, tmp_path / "warehouse")
    shutil.copytree(full_warehouse.lake_dir, tmp_path / "lake")
    warehouse = TinyWarehouse(tmp_path / "warehouse", tmp_path / "lake")
    assert warehouse.rows("FROM fct_session_reviews") == []
    [session] = warehouse.rows("SELECT * FROM fct_sessions WHERE status = 'completed' LIMIT 1")
    before = warehouse.rows(SCORES)
    with Ledger(tmp_path / "ledger" / "l.sqlite") as ledger:
        said = to_passages(None, None, "My tutor was late.")
        reviewer = Reviewer(ledger, load_rubric(), lambda: NOW)
        days = asyncio.run(reviewer.review(Material(session["session_id"], 1, said)))
        write_days(ledger, warehouse.lake_dir, days)
    refuse_failures(warehouse.build(AS_OF, full=True))
    row = warehouse.one("fct_session_reviews", session_id=session["session_id"])
    assert (row["tutor_id"], row["grader"]) == (session["tutor_id"], "rules@1")
    assert row["findings"] == [{"code": "tutor_late", "kind": "student_feedback", "turn": 0}]
    assert warehouse.rows(SCORES) == before
