"""The receipt of a score: what it is made of, and what stands beside it."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from api.schemas.sessions import SessionOut
from api.schemas.tutors import ScoreOut, TutorOut
from api.schemas.words import Component, FlagStatus, Kind, PeersState, Severity


class PublishedOut(BaseModel):
    number: int
    published_at: datetime
    as_of: datetime
    ingest_seq: int


class PointsOut(BaseModel):
    component: Component
    points: float


class DayReceiptOut(ScoreOut):
    components: list[PointsOut] = Field(description="points only: no more is kept of a day")


class ReceiptFlagOut(BaseModel):
    flag_id: str
    kind: Kind
    severity: Severity
    status: FlagStatus
    opened_on: date
    closed_on: date | None
    probability: float | None
    clears_text: str | None


class PeersOut(BaseModel):
    main_subject: str
    tenure: str
    peer_count: int
    state: PeersState
    score_p10: float | None
    score_p50: float | None
    score_p90: float | None
    formula_version: int


class TutorReviewsOut(BaseModel):
    grader: str
    rubric: str
    review_count: int
    state: str
    points: float | None = Field(description="of 100; no part of the score")
    points_low: float | None
    points_high: float | None
    platform_points: float | None
    platform_review_count: int | None
    window_days: int


class EvidenceOut(BaseModel):
    component: Component
    observed: float
    expected: float | None
    age_days: int
    weight: float


class ReceiptSessionOut(SessionOut):
    outage_reason: str | None
    evidence: list[EvidenceOut] = Field(description="empty when it counts for nothing")


class ReceiptOut(BaseModel):
    published: PublishedOut
    score: TutorOut | DayReceiptOut = Field(description="of a day of the history: points only")
    flags: list[ReceiptFlagOut] = Field(description="open on that day")
    peers: PeersOut | None = Field(description="today's; null with as_of")
    reviews: list[TutorReviewsOut] = Field(description="today's; empty with as_of")
    session: ReceiptSessionOut | None = Field(description="what the session asked for brought")
