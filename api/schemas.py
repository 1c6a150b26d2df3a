"""What goes out (`…Out`): every field is listed here, and none holds a student's words.

Rates are fractions of 1 with a 90 % interval; points are signed and sum to score minus baseline;
moments are UTC; null means not known, which is not 0.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

State = Literal["scored", "new_tutor", "not_enough_recent_data"]
Severity = Literal["high", "watch"]
ReportSeverity = Literal["HIGH", "WATCH", "OK", "INFO"]
Component = Literal["reliability", "attendance", "quality", "first_sessions"]
Kind = Literal["reliability", "attendance", "quality", "first_sessions", "drift", "churn"]
Status = Literal["scheduled", "completed", "rescheduled", "cancelled", "no_show"]
Cause = Literal["tutor", "student", "platform", "unknown"]


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


class SessionOut(BaseModel):
    session_id: str
    version: int
    tutor_id: str
    student_id: str
    subject: str | None
    grade_level: str | None
    time_zone: str | None
    status: Status
    scheduled_start: datetime
    scheduled_end: datetime
    session_date: date = Field(description="business day of the slot")
    is_first_session: bool | None
    caused_by: Cause | None = Field(description="who made the slot fail; null when it was held")
    is_tutor_caused: bool | None
    counts_for_tutor: bool | None
    is_tutor_no_show: bool
    is_late_start: bool
    is_early_end: bool
    is_short_notice: bool
    tutor_late_minutes: float | None
    tutor_early_end_minutes: float | None
    notice_hours: float | None
    tutor_joined_at: datetime | None
    tutor_left_at: datetime | None
    student_joined_at: datetime | None
    student_left_at: datetime | None
    rescheduled_from: str | None
    rescheduled_to_start: datetime | None
    student_rating: int | None
    tutor_rating: int | None
    technical_issue: bool | None
    follow_up_booked: bool | None
    booked_at: datetime | None
    received_at: datetime
    headline: str
    severity: ReportSeverity
    ingest_seq: int
    is_backfill: bool


class FactOut(BaseModel):
    label: str
    value: str | None


class SessionReportOut(BaseModel):
    version: int
    headline: str
    severity: ReportSeverity
    facts: list[FactOut] | None
    score: float | None
    score_low: float | None
    score_high: float | None
    score_before: float | None
    score_state: State
    state_text: str | None
    session_count: int | None
    reasons: list[ComponentOut] | None
    reported_at: datetime | None
    as_of: datetime
    formula_version: int


class SessionDetailOut(SessionOut):
    report: SessionReportOut | None = Field(description="null while the slot has no outcome")


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
