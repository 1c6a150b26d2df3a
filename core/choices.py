"""What somebody who gets letters may choose: which, of whom, how many and when."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Any, Literal, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from core.errors import BadInput
from core.zones import known_zone

Mode = Literal["every_session", "flagged", "digest", "off"]
Digest = Literal["daily", "weekly", "both"]
MODES: dict[Mode, str] = {
    "every_session": "every session",
    "flagged": "flagged sessions at once, the rest in a digest",
    "digest": "only a digest",
    "off": "nothing",
}
DIGESTS: dict[Digest, str] = {
    "daily": "each day",
    "weekly": "on Mondays",
    "both": "each day, and for the week on Mondays",
}
Words = tuple[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)], ...]


class Choices(BaseModel):
    """What somebody wants to get, and when. Times are of the day in `time_zone`.

    A scope that is empty lets everything through; several are all to be met.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Mode = "every_session"
    digest: Digest = "daily"
    digest_at: time = time(7)
    time_zone: Annotated[str, AfterValidator(known_zone)] = "America/Chicago"
    quiet_from: time | None = None
    quiet_until: time | None = None
    hourly_budget: int = Field(default=60, ge=1)
    teams: Words = ()
    subjects: Words = ()
    tutors: Words = ()
    is_operator: bool = False


def make_choices(**given: object) -> Choices:
    """Returns the choices.

    Raises:
        BadInput: names what is not possible.
    """
    try:
        choices = Choices(**cast(dict[str, Any], given))
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise BadInput(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from None
    if (choices.quiet_from is None) != (choices.quiet_until is None):
        raise BadInput("Quiet hours have a start and an end, as 22:00 and 06:30")
    return choices


def calmer(choices: Choices) -> tuple[Mode, Digest]:
    """Returns one step less: flagged at once, a digest a day, one a week, nothing."""
    if choices.mode == "every_session":
        return "flagged", choices.digest
    if choices.mode == "flagged":
        return "digest", choices.digest
    if choices.mode == "digest" and choices.digest != "weekly":
        return "digest", "weekly"
    return "off", choices.digest


def is_calmer(mode: Mode, digest: Digest, choices: Choices) -> bool:
    """Returns whether `mode` and `digest` mean fewer letters than `choices` do."""
    return _loudness(mode, digest) < _loudness(choices.mode, choices.digest)


def _loudness(mode: Mode, digest: Digest) -> tuple[int, bool]:
    loud = {"off": 0, "digest": 1, "flagged": 2, "every_session": 3}[mode]
    return loud, mode == "digest" and digest != "weekly"
