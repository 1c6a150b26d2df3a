"""Where a score comes from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.dependencies import ReadingDep
from api.examples.receipts import RECEIPT
from api.parameters import ExplainQuery
from api.queries.history import require_day
from api.queries.tutors import find_tutor
from api.routes.answers import documented
from api.schemas.receipts import ReceiptOut
from core.errors import NotFound
from core.receipt import read_receipt

router = APIRouter(prefix="/v1/score", tags=["tutors"])


@router.get("/explain", response_model=ReceiptOut, responses=documented(RECEIPT, has_id=True))
def explain_score(reading: ReadingDep, query: Annotated[ExplainQuery, Query()]) -> Response:
    """The receipt of a tutor's score, as `workbench score explain` prints it.

    Baseline plus points is the score, exactly. With `as_of`, as it stood at the end of that day;
    with `session_id`, also what that one session brought.
    """
    find_tutor(reading.snapshot, query.tutor_id)
    if query.as_of:
        require_day(reading.snapshot, query.as_of)
    try:
        found = read_receipt(reading.snapshot, query.tutor_id, query.as_of, query.session_id)
    except NotFound:
        # its own words name what was asked for, which an answer never repeats
        raise NotFound(
            "This tutor has no score of that day, or no session with that id. See "
            "/v1/tutors/{tutor_id}/scores and /v1/tutors/{tutor_id}/sessions."
        ) from None
    return reading.row(ReceiptOut, found, query)
