"""Tutors: their scorecards, their scores by day, their sessions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.dependencies import ReadingDep
from api.envelopes import ListOut
from api.examples import tutors as examples
from api.examples.common import listed
from api.examples.sessions import SESSION
from api.parameters import OneTutorQuery, ScoreQuery, SessionQuery, TutorQuery
from api.queries import history
from api.queries import tutors as queries
from api.routes.answers import documented
from api.schemas.sessions import SessionOut
from api.schemas.tutors import ScoreOut, TutorDayOut, TutorOut

router = APIRouter(prefix="/v1/tutors", tags=["tutors"])


@router.get(
    "",
    response_model=ListOut[TutorOut] | ListOut[TutorDayOut],
    responses=documented(listed(examples.TUTOR), is_paged=True),
)
def list_tutors(reading: ReadingDep, query: Annotated[TutorQuery, Query()]) -> Response:
    """Every tutor's score with its interval, its number of sessions and what it is made of.

    With `as_of`, the score of that day with its points, which is all that is kept of a day.
    """
    span, filters = reading.span(query), query.filters()
    if day := filters.pop("as_of"):
        page = history.list_tutors_on(reading.snapshot, span, day, **filters)
        return reading.page(TutorDayOut, page, span, query)
    page = queries.list_tutors(reading.snapshot, span, **filters)
    return reading.page(TutorOut, page, span, query)


@router.get(
    "/{tutor_id}",
    response_model=TutorOut | TutorDayOut,
    responses=documented(examples.TUTOR, has_id=True),
)
def read_tutor(
    reading: ReadingDep, tutor_id: str, query: Annotated[OneTutorQuery, Query()]
) -> Response:
    """One tutor's scorecard. Score = baseline + the sum of the components' points, exactly."""
    if query.as_of:
        found = history.find_tutor_on(reading.snapshot, tutor_id, query.as_of)
        return reading.row(TutorDayOut, found, query)
    return reading.row(TutorOut, queries.find_tutor(reading.snapshot, tutor_id), query)


@router.get(
    "/{tutor_id}/scores",
    response_model=ListOut[ScoreOut],
    responses=documented(listed(examples.SCORE, 1), has_id=True),
)
def list_scores(
    reading: ReadingDep, tutor_id: str, query: Annotated[ScoreQuery, Query()]
) -> Response:
    """A tutor's score of each day, oldest first. Days without a score say why in `state`."""
    rows = history.list_scores(reading.snapshot, tutor_id, query.days, query.as_of)
    return reading.whole(ScoreOut, rows, query)


@router.get(
    "/{tutor_id}/sessions",
    response_model=ListOut[SessionOut],
    responses=documented(listed(SESSION), has_id=True, is_paged=True),
)
def list_sessions(
    reading: ReadingDep, tutor_id: str, query: Annotated[SessionQuery, Query()]
) -> Response:
    """A tutor's sessions, newest slot first; `from` and `to` are business days, both included."""
    span = reading.span(query)
    page = queries.list_sessions(reading.snapshot, span, tutor_id, **query.filters())
    return reading.page(SessionOut, page, span, query)
