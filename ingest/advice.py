"""What a sender reads about one wrong record: a pointer, a code, and how to put it right."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict

from pydantic import ValidationError

_MOST_ERRORS = 20
_MOMENT = "Send RFC 3339 with an offset, e.g. 2026-11-22T16:00:00-05:00."
_DATE = "Send a date as YYYY-MM-DD."
_ADVICE = {
    "missing": "This field is required; add it.",
    "timezone_aware": "The offset is missing. " + _MOMENT,
    "literal_error": "Use one of: {expected}.",
    "string_type": "Send text in quotes.",
    "string_too_long": "Send at most {max_length} characters.",
    "string_too_short": "Send at least {min_length} character(s).",
    "int_type": "Send a whole number without quotes.",
    "int_from_float": "Send a whole number.",
    "float_type": "Send a number without quotes.",
    "bool_type": "Send true, false or null.",
    "list_type": "Send a JSON array.",
    "too_long": "Send at most {max_length} items.",
    "model_type": "Send a JSON object.",
    "greater_than_equal": "Send a number of at least {ge}.",
    "less_than_equal": "Send a number of at most {le}.",
}
_PATTERN_ADVICE = {
    "manager_email": "Send one email address such as name@company.example.",
    "": "Use 1 to 128 letters, digits or . _ : - and start with a letter or a digit.",
}


class RowError(TypedDict):
    """One thing wrong with one record: JSON pointer (RFC 6901), code, and advice."""

    pointer: str
    code: str
    detail: str


CONFLICT = RowError(
    pointer="",
    code="conflict",
    detail="This id and version is stored with other content. Send a correction with a higher "
    "version; send a retry with exactly the first content.",
)


def row_advice() -> dict[str, str]:
    """Returns what is advised for each code of a wrong record; `{…}` stands for a limit."""
    contract = {
        "string_pattern_mismatch": _PATTERN_ADVICE[""],
        "zone_unknown": "Send an IANA zone such as America/Chicago.",
        "time_order": "An end is before its start. " + _MOMENT,
        "conflict": CONFLICT["detail"],
    }
    return _ADVICE | contract


def row_errors(error: ValidationError) -> list[RowError]:
    """Returns advice for the first twenty things wrong; no value that was sent is in it."""
    found = error.errors(include_url=False, include_input=False)[:_MOST_ERRORS]
    return [
        _row_error(item["loc"], item["type"], item["msg"], item.get("ctx", {})) for item in found
    ]


def _row_error(
    place: tuple[int | str, ...], code: str, message: str, context: dict[str, Any]
) -> RowError:
    pointer = "".join(f"/{part}" for part in place)
    return RowError(pointer=pointer, code=code, detail=_detail(place, code, message, context))


def _detail(place: tuple[int | str, ...], code: str, message: str, context: dict[str, Any]) -> str:
    if code == "string_pattern_mismatch":
        return _PATTERN_ADVICE.get(str(place[-1]), _PATTERN_ADVICE[""])
    if code.startswith("datetime"):
        return _MOMENT
    if isinstance(context.get("ge", context.get("lt")), datetime):
        return "Send a moment between 2000 and 2099."
    if code.startswith("date_"):
        return _DATE
    return _ADVICE[code].format(**context) if code in _ADVICE else message
