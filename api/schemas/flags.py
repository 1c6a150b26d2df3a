"""Flags, who needs attention, and whether acting helped."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from api.schemas.tutors import ComponentOut
from api.schemas.words import Component, EffectState, Kind, Severity


class FlagOut(BaseModel):
    flag_id: str
    tutor_id: str
    kind: Kind
    severity: Severity
    opened_on: date
    closed_on: date | None
    is_open: bool
    probability: float | None = Field(description="that the tutor's own rate is really worse")
    ratio: float | None = Field(description="own rate over expected rate")
    ratio_low: float | None
    ratio_high: float | None
    rate: float | None
    rate_low: float | None
    rate_high: float | None
    platform_rate: float | None
    expected_count: float | None
    effective_session_count: float | None
    points: float | None


class NeedsAttentionOut(BaseModel):
    position: int
    tutor_id: str
    display_name: str
    subjects: list[str] | None
    severity: Severity
    kind: Kind
    flag_ids: list[str]
    score: float | None
    score_low: float | None
    score_high: float | None
    session_count: int | None
    reasons: list[ComponentOut] | None
    opened_on: date
    days_open: int
    score_change_30d: float | None
    false_alarm_probability: float | None
    clears_text: str | None
    is_in_capacity: bool | None
    as_of: datetime
    formula_version: int


class InterventionOut(BaseModel):
    action_id: str
    horizon_days: int = Field(description="days after the action, compared with the 28 before")
    flag_id: str
    tutor_id: str
    kind: Kind
    component: Component
    action: str
    reason_code: str | None
    acted_by: str | None
    acted_on: date
    state: EffectState = Field(description="why there is no effect, unless measured")
    peer_count: int | None
    observed_before: float | None
    expected_before: float | None
    ratio_before: float | None
    observed_after: float | None
    expected_after: float | None
    ratio_after: float | None
    peer_ratio_before: float | None
    peer_ratio_after: float | None
    effect: float | None = Field(
        description="change of the ratio less the peers'; below 0 is better"
    )
    effect_low: float | None
    effect_high: float | None
