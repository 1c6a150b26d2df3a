"""One session, with the report of its newest outcome."""

from __future__ import annotations

from fastapi import APIRouter

from api import examples, queries
from api.dependencies import SnapshotDep
from api.routes.answers import documented
from api.schemas import SessionDetailOut

router = APIRouter(prefix="/v1/sessions", tags=["sessions"])


@router.get("/{session_id}", responses=documented(examples.SESSION_DETAIL, has_id=True))
def read_session(snapshot: SnapshotDep, session_id: str) -> SessionDetailOut:
    """The latest version of one session, and what its letter said."""
    return SessionDetailOut.model_validate(queries.find_session(snapshot, session_id))
