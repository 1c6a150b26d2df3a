"""Risks of sessions to come, and how first sessions went."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from api.schemas.words import Grouping, PatternState, RiskKind


class UpcomingRiskOut(BaseModel):
    session_id: str
    kind: RiskKind
    tutor_id: str
    student_id: str | None
    subject: str | None
    scheduled_start: datetime
    session_date: date = Field(description="business day of the slot")
    is_first_session: bool | None
    hours_ahead: float = Field(description="from the as-of moment to the start")
    probability: float = Field(description="the product of platform_rate and the factors")
    base_probability: float | None = Field(description="of such a slot with a typical tutor")
    platform_rate: float | None
    slot_factor: float | None
    tutor_factor: float | None
    recent_factor: float | None
    moves_factor: float | None
    stack_factor: float | None
    reason_text: str | None
    effective_session_count: float | None = Field(description="what is known of the tutor")
    as_of: datetime
    formula_version: int


class FirstSessionPatternOut(BaseModel):
    kind: Grouping = Field(description="what is grouped by")
    group_value: str
    window_days: int
    first_session_count: int
    judged_count: int = Field(description="rated, or missed by the tutor: the n of poor_rate")
    poor_count: int
    closed_count: int = Field(description="old enough to tell: the n of coming again")
    came_again_count: int
    came_again_to_tutor_count: int
    state: PatternState
    poor_rate: float | None = Field(description="null where there is not enough data")
    poor_rate_low: float | None
    poor_rate_high: float | None
    platform_poor_rate: float | None
    came_again_rate: float | None
    came_again_rate_low: float | None
    came_again_rate_high: float | None
    platform_came_again_rate: float | None
    came_again_to_tutor_rate: float | None
    came_again_to_tutor_rate_low: float | None
    came_again_to_tutor_rate_high: float | None
    platform_came_again_to_tutor_rate: float | None
    as_of: datetime
