"""One session, with the report of its newest outcome."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.dependencies import ReadingDep
from api.examples import sessions as examples
from api.parameters import Chosen
from api.queries import tutors as queries
from api.routes.answers import documented
from api.schemas.sessions import SessionDetailOut

router = APIRouter(prefix="/v1/sessions", tags=["sessions"])


@router.get(
    "/{session_id}",
    response_model=SessionDetailOut,
    responses=documented(examples.SESSION_DETAIL, has_id=True),
)
def read_session(
    reading: ReadingDep, session_id: str, query: Annotated[Chosen, Query()]
) -> Response:
    """The latest version of one session, and what its letter said."""
    found = queries.find_session(reading.snapshot, session_id)
    return reading.row(SessionDetailOut, found, query)
