"""Each error knows its status and is drawn in the tree at the top of the file."""

from __future__ import annotations

import pytest

from core import errors
from core.errors import CannotStart, Unavailable, WorkbenchError

STATUS = {
    "WorkbenchError": 500,
    "BadInput": 422,
    "MalformedBody": 400,
    "BodyTooLarge": 413,
    "UnsupportedBody": 415,
    "NotAuthenticated": 401,
    "NotAllowed": 403,
    "NotFound": 404,
    "Conflict": 409,
    "TooManyRequests": 429,
    "Unavailable": 503,
    "Overloaded": 503,
    "MartsNotPublished": 503,
    "StorageFull": 507,
}
FAMILY = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, WorkbenchError)
}


@pytest.mark.parametrize("name", FAMILY)
def test_every_error_has_a_title_a_status_and_a_place_in_the_tree(name: str) -> None:
    kind = FAMILY[name]
    assert name in str(errors.__doc__)
    assert kind is WorkbenchError or kind.title != WorkbenchError.title
    assert kind is CannotStart or kind.status == STATUS[name]


def test_the_message_is_what_people_read() -> None:
    assert str(errors.BadInput("Send a list.")) == "Send a list."


def test_what_passes_by_itself_says_when_to_come_back() -> None:
    for kind in FAMILY.values():
        if issubclass(kind, Unavailable):
            assert kind.retry_after_seconds is not None
    assert errors.StorageFull.retry_after_seconds == 60
    assert CannotStart.exit_code == 78
