"""What the API shows is what dbt promises: each field is a column of its mart, by contract."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from api import schemas

MARTS = Path(__file__).resolve().parents[2] / "dbt_project" / "models" / "marts"
ADDED_ELSEWHERE = {"published", "report"}


@pytest.mark.parametrize(
    ("model", "mart"),
    [
        (schemas.TutorOut, "rpt_tutor_scorecards"),
        (schemas.ScoreOut, "fct_tutor_scores"),
        (schemas.SessionOut, "fct_sessions"),
        (schemas.SessionReportOut, "rpt_session_reports"),
        (schemas.FlagOut, "fct_flags"),
        (schemas.NeedsAttentionOut, "rpt_needs_attention"),
        (schemas.PlatformDayOut, "rpt_platform_days"),
        (schemas.FreshnessOut, "rpt_freshness"),
    ],
)
def test_every_field_shown_is_a_column_of_its_mart(model: type[BaseModel], mart: str) -> None:
    contract = yaml.safe_load((MARTS / f"{mart}.yml").read_text())
    columns = {column["name"] for column in contract["models"][0]["columns"]}
    assert set(model.model_fields) - ADDED_ELSEWHERE <= columns
