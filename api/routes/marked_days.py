"""Days that people mark for everybody, shown over what is drawn by day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from api.caller import Caller
from api.dependencies import WebDep, require_caller
from api.routes.answers import documented
from core.annotations import LONGEST
from core.errors import NotAllowed

_EXAMPLE = {
    "id": 3,
    "day": "2026-11-03",
    "words": "Rescheduling is free up to 24 h",
    "author": "dana",
    "at": "2026-11-04T15:20:00Z",
}
router = APIRouter(prefix="/v1/annotations", tags=["annotations"])


class AnnotationIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    day: date
    words: str = Field(max_length=4 * LONGEST, description=f"up to {LONGEST} characters")


class AnnotationOut(BaseModel):
    id: int
    day: date = Field(description="a business day")
    words: str
    author: str = Field(description="username")
    at: datetime = Field(description="when it was marked")


class AnnotationsOut(BaseModel):
    items: list[AnnotationOut]


class MarkedOut(BaseModel):
    id: int


def _author(caller: Annotated[Caller, Depends(require_caller)]) -> Caller:
    if not caller.may_act:
        raise NotAllowed("Only admins and coaches mark days, in the browser.")
    return caller


AuthorDep = Annotated[Caller, Depends(_author)]


@router.get("", responses=documented({"items": [_EXAMPLE]}, is_published=False))
def list_annotations(web: WebDep) -> AnnotationsOut:
    """All marked days, oldest first. They say the same to everybody."""
    return AnnotationsOut.model_validate({"items": [vars(one) for one in web.annotations.all()]})


@router.post("", responses=documented({"id": 3}, is_published=False))
def mark_day(web: WebDep, caller: AuthorDep, asked: AnnotationIn) -> MarkedOut:
    """Marks a day for everybody, in the name of who is logged in."""
    number = web.annotations.add(asked.day, asked.words, caller.username, web.clock())
    return MarkedOut(id=number)


@router.post(
    "/{number}/remove",
    dependencies=[Depends(_author)],
    responses=documented({"id": 3}, has_id=True, is_published=False),
)
def remove_mark(web: WebDep, number: int) -> MarkedOut:
    """Takes a mark away again, whoever made it."""
    web.annotations.remove(number)
    return MarkedOut(id=number)
