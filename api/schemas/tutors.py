"""Tutors: what goes out (`…Out`): every field is listed here, and none holds a student's words.

Rates are fractions of 1 with a 90 % interval; points are signed and sum to score minus baseline;
moments are UTC; null means not known, which is not 0.
"""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from api.schemas.words import Component, Severity, State


class ComponentOut(BaseModel):
    component: Component
    label: str
    points: float
    event_count: int | None
    session_count: int | None
    expected_count: float | None
    rate: float | None = Field(description="shrunk; for quality the shrunk mean rating")
    rate_low: float | None
    rate_high: float | None
    platform_rate: float | None
    reason_text: str | None


class TutorOut(BaseModel):
    tutor_id: str
    display_name: str
    subjects: list[str] | None
    time_zone: str | None
    region: str | None
    tenure_days: int | None
    state: State
    state_text: str | None
    severity: Severity | None
    score: float | None
    score_low: float | None
    score_high: float | None
    baseline: float | None
    components: list[ComponentOut]
    score_change_30d: float | None
    session_count: int
    effective_session_count: float | None
    window_days: int
    excluded_platform_count: int | None
    excluded_student_count: int | None
    upcoming_session_count: int | None
    open_flag_count: int
    last_session_date: date | None
    as_of: datetime
    formula_version: int


class ScoreOut(BaseModel):
    tutor_id: str
    score_date: date
    state: State
    score: float | None
    score_low: float | None
    score_high: float | None
    baseline: float | None
    reliability_points: float | None
    attendance_points: float | None
    quality_points: float | None
    first_sessions_points: float | None
    session_count: int | None
    effective_session_count: float | None
    formula_version: int


class TutorDayOut(ScoreOut):
    """A tutor's score at the end of a day, beside the profile of today."""

    display_name: str
    subjects: list[str] | None
    time_zone: str | None
    region: str | None
