"""What the API shows is what dbt promises: each field is a column of its mart, by contract."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from api.queries.selecting import ADDED_ELSEWHERE
from api.schemas import flags, platform, receipts, risks, sessions, tutors

MARTS = Path(__file__).resolve().parents[2] / "dbt_project" / "models" / "marts"


@pytest.mark.parametrize(
    ("model", "mart"),
    [
        (tutors.TutorOut, "rpt_tutor_scorecards"),
        (tutors.ScoreOut, "fct_tutor_scores"),
        (receipts.ReceiptFlagOut, "fct_flags"),
        (receipts.PeersOut, "rpt_peer_bands"),
        (receipts.TutorReviewsOut, "rpt_tutor_reviews"),
        (receipts.EvidenceOut, "fct_score_evidence"),
        (sessions.SessionOut, "fct_sessions"),
        (sessions.SessionReportOut, "rpt_session_reports"),
        (flags.FlagOut, "fct_flags"),
        (flags.NeedsAttentionOut, "rpt_needs_attention"),
        (flags.InterventionOut, "fct_interventions"),
        (risks.UpcomingRiskOut, "fct_upcoming_risk"),
        (risks.FirstSessionPatternOut, "rpt_first_session_patterns"),
        (platform.PlatformDayOut, "rpt_platform_days"),
        (platform.FreshnessOut, "rpt_freshness"),
    ],
)
def test_every_field_shown_is_a_column_of_its_mart(model: type[BaseModel], mart: str) -> None:
    contract = yaml.safe_load((MARTS / f"{mart}.yml").read_text())
    columns = {column["name"] for column in contract["models"][0]["columns"]}
    assert set(model.model_fields) - ADDED_ELSEWHERE <= columns
