"""What a reader may ask for. Unknown parameters are refused, so that a typing error is seen."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.schemas.words import EffectState, Grouping, Kind, RiskKind, Severity, State, Status, Tenure

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


def _as_number(given: object) -> object:
    return int(given) if isinstance(given, str) and given.isdecimal() else given


# what comes in an address is text, and a choice of numbers takes numbers only
WindowDays = Annotated[Literal[90, 365], BeforeValidator(_as_number)]
HorizonDays = Annotated[Literal[28, 56], BeforeValidator(_as_number)]
TUTOR_ID = Field(None, max_length=128)
AS_OF = Field(None, description="as it stood at the end of this day; no more is kept than scores")


class Asked(BaseModel):
    """The parameters of one operation."""

    model_config = ConfigDict(extra="forbid")


class Chosen(Asked):
    """Which fields of each row."""

    fields: str | None = Field(
        None, max_length=4_000, description="only these fields, with commas between"
    )


class Paging(Chosen):
    """How many rows, and from where on."""

    limit: int = Field(50, ge=1, le=500, description="rows in one answer")
    cursor: str | None = Field(
        None,
        max_length=400,
        description="`next` of the page before; refused with 410 once a newer set is published",
    )
    offset: int = Field(
        0,
        ge=0,
        le=10_000_000,
        description="rows to skip, the simple way: a newer set may repeat or leave out rows",
    )

    def filters(self) -> dict[str, Any]:
        """Returns what chooses and sorts the rows of the list, by name."""
        return self.model_dump(exclude=set(Paging.model_fields))


class TutorQuery(Paging):
    as_of: date | None = AS_OF
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
    tutor_id: str | None = TUTOR_ID


class InterventionQuery(Paging):
    kind: Kind | None = Field(None, description="of the flag that was acted on")
    tutor_id: str | None = TUTOR_ID
    state: EffectState | None = None
    horizon_days: HorizonDays | None = Field(None, description="days after the action")


class RiskQuery(Paging):
    kind: RiskKind | None = None
    tutor_id: str | None = TUTOR_ID
    hours_ahead: float | None = Field(
        None, ge=0, le=1_000, allow_inf_nan=False, description="only what starts within these hours"
    )


class PatternQuery(Paging):
    kind: Grouping | None = Field(None, description="what is grouped by")
    window_days: WindowDays = Field(90, description="first sessions of so many days")


class OneTutorQuery(Chosen):
    as_of: date | None = AS_OF


class ScoreQuery(Chosen):
    days: int = Field(90, ge=1, le=90, description="how many days back")
    as_of: date | None = Field(None, description="the last of these days; today if left out")


class ExplainQuery(Chosen):
    tutor_id: str = Field(max_length=128)
    as_of: date | None = AS_OF
    session_id: str | None = Field(None, max_length=128, description="also what this one brought")


class ExportQuery(Asked):
    first: date | None = Field(None, alias="from", description="first day, where it has days")
    last: date | None = Field(None, alias="to", description="last day, where it has days")
    tutor_id: str | None = TUTOR_ID
    session_id: str | None = Field(None, max_length=128)
    component: str | None = Field(None, max_length=50, description="part of the score")
    kind: str | None = Field(None, max_length=50)
    state: str | None = Field(None, max_length=50)
    window_days: int | None = None
    horizon_days: int | None = None
    hours_ahead: float | None = Field(None, allow_inf_nan=False, description="at most so many")
    search: str | None = Field(None, max_length=200, description="part of the name or the id")
    team: str = Field("", max_length=200, description="only tutors of this manager")
    subject: str = Field("", max_length=200, description="only tutors who teach this")
    tenure: Tenure | Literal[""] = Field("", description="only tutors who are here so long")
    zone: str = Field("", max_length=100, description="only tutors in this time zone")

    def rows(self) -> dict[str, Any]:
        """Returns the columns to choose rows by, with the value asked for."""
        names = ("tutor_id", "session_id", "component", "kind", "state", "window_days")
        return self.model_dump(include={*names, "horizon_days", "hours_ahead"}, exclude_none=True)


class PlatformQuery(Chosen):
    days: int = Field(90, ge=1, le=3_660, description="how many days back")
