"""The platform as a whole."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field


class PlatformDayOut(BaseModel):
    session_date: date
    session_count: int
    completed_count: int
    tutor_reschedule_count: int
    tutor_reschedule_rate: float | None
    tutor_reschedule_rate_low: float | None
    tutor_reschedule_rate_high: float | None
    tutor_no_show_count: int
    tutor_no_show_rate: float | None
    tutor_no_show_rate_low: float | None
    tutor_no_show_rate_high: float | None
    due_count: int = Field(description="sessions held, or missed by the tutor")
    student_caused_count: int
    platform_caused_count: int
    first_session_count: int
    judged_first_session_count: int
    poor_first_session_count: int
    poor_first_session_rate: float | None
    poor_first_session_rate_low: float | None
    poor_first_session_rate_high: float | None
    rating_count: int
    rating_mean: float | None


class FreshnessOut(BaseModel):
    as_of: datetime
    built_at: datetime
    ingest_seq: int
    data_through: datetime | None
    session_count: int
    sessions_yesterday: int | None
    expected_sessions_yesterday: float | None
    tutor_count: int
    scored_tutor_count: int
    not_enough_data_count: int
    new_tutor_count: int
    needs_attention_count: int
    expected_false_alarms: float | None
    formula_version: int
    window_days: int
    time_zone: str
    published: int
