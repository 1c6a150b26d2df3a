"""What people do about flags: kept by ingest, and seen by everybody in a second or two."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from api.acting import ActionIn, UndoIn
from api.caller import Caller
from api.dependencies import WebDep, require_caller
from api.envelopes import ProblemOut
from core.errors import NotAllowed

_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemOut, "description": why, "content": {"application/problem+json": {}}}
    for status, why in {
        403: "Only admins and coaches act, and only who acted takes it back",
        404: "There is no such flag or action",
        409: "Somebody else acted after the page was shown, or it was taken back before",
        503: "Ingest does not answer",
    }.items()
}
_ACTED = {"action_ids": ["9f86d081884c7d65.0"]}
_KEPT: dict[int | str, dict[str, Any]] = {
    202: {"description": "On disk", "content": {"application/json": {"example": _ACTED}}}
}
router = APIRouter(prefix="/v1/flag-actions", tags=["flags"], responses=_REFUSALS)


class ActedOut(BaseModel):
    """What is stored now; `undo` takes these ids."""

    action_ids: list[str]


def _actor(caller: Annotated[Caller, Depends(require_caller)]) -> Caller:
    if not caller.may_act:
        raise NotAllowed(
            "Only admins and coaches act on flags, in the browser. "
            "A program posts to /v1/flag-actions of the ingest API instead."
        )
    return caller


ActorDep = Annotated[Caller, Depends(_actor)]


@router.post("", status_code=202, responses=_KEPT)
def act(web: WebDep, caller: ActorDep, asked: ActionIn) -> ActedOut:
    """Does one thing about all flags of a tutor, in the name of who is logged in."""
    return ActedOut(action_ids=web.flag_desk.act(caller, asked))


@router.post("/undo", status_code=202, responses=_KEPT)
def undo(web: WebDep, caller: ActorDep, asked: UndoIn) -> ActedOut:
    """Takes back what the same person did, as if it had not been done; it stays in the trail."""
    return ActedOut(action_ids=web.flag_desk.undo(caller, asked))
