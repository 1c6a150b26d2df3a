"""Sessions and their reports; none holds what was said."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from api.schemas.tutors import ComponentOut
from api.schemas.words import Cause, ReportSeverity, State, Status


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
