"""What a reader may ask for. Unknown parameters are refused, so that a typing error is seen."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import Kind, Severity, State, Status

TutorSort = Literal[
    "name",
    "-name",
    "score",
    "-score",
    "score_change_30d",
    "-score_change_30d",
    "session_count",
    "-session_count",
    "tenure_days",
    "-tenure_days",
    "last_session_date",
    "-last_session_date",
]


class Paging(BaseModel):
    """How many rows, and from where on."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(50, ge=1, le=500, description="rows in one answer")
    offset: int = Field(0, ge=0, le=10_000_000, description="rows to skip")


class TutorQuery(Paging):
    state: State | None = None
    severity: Severity | None = Field(None, description="of the tutor's open flag")
    subject: str | None = Field(None, max_length=200, description="one the tutor teaches")
    search: str | None = Field(None, max_length=200, description="part of the name or the id")
    sort: TutorSort = Field("name", description="a leading - turns the order round")


class SessionQuery(Paging):
    first: date | None = Field(None, alias="from", description="first business day")
    last: date | None = Field(None, alias="to", description="last business day")
    status: Status | None = None


class FlagQuery(Paging):
    is_open: bool | None = Field(None, alias="open", description="only open ones, or only closed")
    kind: Kind | None = None
    tutor_id: str | None = Field(None, max_length=128)


class ScoreQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    days: int = Field(90, ge=1, le=90, description="how many days back")


class PlatformQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    days: int = Field(90, ge=1, le=3_660, description="how many days back")
