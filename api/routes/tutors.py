"""Tutors: their scorecards, their scores by day, their sessions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api import examples, queries
from api.dependencies import SnapshotDep
from api.envelopes import ListOut
from api.parameters import ScoreQuery, SessionQuery, TutorQuery
from api.routes.answers import documented, one_page, whole_list
from api.schemas import ScoreOut, SessionOut, TutorOut

router = APIRouter(prefix="/v1/tutors", tags=["tutors"])


@router.get("", responses=documented(examples.listed(examples.TUTOR)))
def list_tutors(snapshot: SnapshotDep, query: Annotated[TutorQuery, Query()]) -> ListOut[TutorOut]:
    """Every tutor's score with its interval, its number of sessions and what it is made of."""
    page = queries.list_tutors(snapshot, **query.model_dump())
    return one_page(ListOut[TutorOut], page, snapshot, query.limit, query.offset)


@router.get("/{tutor_id}", responses=documented(examples.TUTOR, has_id=True))
def read_tutor(snapshot: SnapshotDep, tutor_id: str) -> TutorOut:
    """One tutor's scorecard. Score = baseline + the sum of the components' points, exactly."""
    return TutorOut.model_validate(queries.find_tutor(snapshot, tutor_id))


@router.get(
    "/{tutor_id}/scores", responses=documented(examples.listed(examples.SCORE, 1), has_id=True)
)
def list_scores(
    snapshot: SnapshotDep, tutor_id: str, query: Annotated[ScoreQuery, Query()]
) -> ListOut[ScoreOut]:
    """A tutor's score of each day, oldest first. Days without a score say why in `state`."""
    rows = queries.list_scores(snapshot, tutor_id, query.days)
    return whole_list(ListOut[ScoreOut], rows, snapshot)


@router.get(
    "/{tutor_id}/sessions", responses=documented(examples.listed(examples.SESSION), has_id=True)
)
def list_sessions(
    snapshot: SnapshotDep, tutor_id: str, query: Annotated[SessionQuery, Query()]
) -> ListOut[SessionOut]:
    """A tutor's sessions, newest slot first; `from` and `to` are business days, both included."""
    page = queries.list_sessions(snapshot, tutor_id, **query.model_dump())
    return one_page(ListOut[SessionOut], page, snapshot, query.limit, query.offset)
