"""The contract of what comes in (v1): sessions, tutors, flag actions. Nothing else defines it.

Records are strict: no text is taken for a number, no number for a time. Unknown fields are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Literal, Self, cast
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError, core_schema

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$"
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
_ZONES = frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name not in _ZONES:
        raise PydanticCustomError("zone_unknown", "must be an IANA zone such as America/Chicago")
    return name


@dataclass(frozen=True)
class _Form:
    """The form of a time as JSON text: Pydantic by itself takes the digits of a Unix time as well.

    Done in Pydantic's core, since a validator in Python would cost as much as all the others.
    """

    code: str
    form: str

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        strict = handler(source)
        written = core_schema.custom_error_schema(
            core_schema.str_schema(pattern=self.form, strict=True),
            custom_error_type=self.code,
            custom_error_message="must be text in the form of RFC 3339",
        )
        lax = cast(core_schema.CoreSchema, {**strict, "strict": False})
        return core_schema.json_or_python_schema(
            core_schema.chain_schema([written, lax]), python_schema=strict
        )

    def __get_pydantic_json_schema__(
        self, schema: Any, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return handler(schema["python_schema"])


Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Text = Annotated[str, StringConstraints(max_length=200)]
LongText = Annotated[str, StringConstraints(max_length=20_000)]
Moment = Annotated[
    AwareDatetime,
    Field(ge=EARLIEST, lt=LATEST),
    _Form("datetime_form", r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d"),
]
Day = Annotated[date, _Form("date_form", r"^\d{4}-\d\d-\d\d$")]
Zone = Annotated[str, AfterValidator(_known_zone)]
Rating = Annotated[int, Field(ge=1, le=5)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
Party = Literal["tutor", "student", "platform"]
FlagVerb = Literal[
    "acknowledge", "assign", "snooze", "resolve", "dismiss", "dispute", "note", "undo"
]


class Record(BaseModel):
    """Base of everything that comes in: strict, open for unknown fields, silent about values."""

    model_config = ConfigDict(strict=True, extra="allow", hide_input_in_errors=True)
    in_order: ClassVar[tuple[tuple[str, str], ...]] = ()  # moments of which none precedes its first

    @model_validator(mode="after")
    def _moments_in_order(self) -> Self:
        for start, end in self.in_order:
            _refuse_reversed(self, start, end)
        return self


class Reschedule(Record):
    initiator: Party
    requested_at: Moment
    new_start: Moment | None = Field(None, description="may be earlier than the slot it replaces")
    reason_code: Text | None = None
    reason: LongText | None = None


class Cancellation(Record):
    initiator: Party
    requested_at: Moment
    reason_code: Text | None = None
    reason: LongText | None = None


class Turn(Record):
    speaker: Text
    text: LongText
    at_seconds: float | None = Field(None, ge=0)


class Session(Record):
    """One tutoring session in its original slot. A moved session is a new slot of its own."""

    session_id: Id
    version: Version = Field(1, description="a higher version corrects a lower one")
    tutor_id: Id
    student_id: Id
    status: Literal["scheduled", "completed", "rescheduled", "cancelled", "no_show"]
    scheduled_start: Moment
    scheduled_end: Moment
    tutor_joined_at: Moment | None = None
    tutor_left_at: Moment | None = None
    student_joined_at: Moment | None = None
    student_left_at: Moment | None = None
    reschedule: Reschedule | None = None
    cancellation: Cancellation | None = None
    no_show_party: Literal["tutor", "student", "both"] | None = None
    rescheduled_from: Id | None = None
    booked_at: Moment | None = None
    subject: Text | None = None
    grade_level: Text | None = None
    time_zone: Zone | None = None
    is_first_session: bool | None = Field(
        None, description="of this student with this tutor; derived from history when null"
    )
    student_rating: Rating | None = None
    tutor_rating: Rating | None = None
    student_feedback: LongText | None = None
    tutor_notes: LongText | None = None
    transcript: Annotated[list[Turn], Field(max_length=20_000)] | None = None
    technical_issue: bool | None = None
    follow_up_booked: bool | None = None
    sent_at: Moment | None = None

    in_order = (
        ("scheduled_start", "scheduled_end"),
        ("tutor_joined_at", "tutor_left_at"),
        ("student_joined_at", "student_left_at"),
    )


class Tutor(Record):
    """A tutor's profile, as it is from this version on."""

    tutor_id: Id
    version: Version = 1
    display_name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    started_on: Day
    subjects: Annotated[list[Text], Field(max_length=100)] = []
    time_zone: Zone
    region: Text | None = None
    left_on: Day | None = None
    manager_email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")] | None = None
    sent_at: Moment | None = None


class FlagAction(Record):
    """What a person did about a flag. Append-only: an action is never changed, only followed."""

    action_id: Id
    version: Version = 1
    flag_id: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    action: FlagVerb = Field(
        description="undo takes an action back: a higher version of it, with what it was as reason"
    )
    agrees: bool | None = None
    assignee: Text | None = None
    until: Moment | None = Field(
        None, description="end of a snooze; by itself a week, or 90 days with another end"
    )
    until_sessions: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        None, description="a snooze ends when the tutor has had so many more sessions"
    )
    until_worse: bool | None = Field(
        None, description="a snooze ends when the evidence is clearly worse"
    )
    reason_code: Text | None = None
    note: LongText | None = None
    sent_at: Moment | None = None


def _refuse_reversed(record: Record, start: str, end: str) -> None:
    first, last = getattr(record, start), getattr(record, end)
    if first is not None and last is not None and last < first:
        raise PydanticCustomError(
            "time_order",
            "{end} is before {start}; send RFC 3339 with offset, e.g. 2026-11-22T16:00:00-05:00",
            {"end": end, "start": start},
        )
