"""Grading blind what a grader graded: for admins and coaches, since it shows students' words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.caller import Caller
from api.dependencies import Web, WebDep, require_caller
from api.review_pages import NOT_OBSERVABLE, GradingDesk, grading_page, reviews_page
from api.said_page import said_page
from core.errors import BadInput, NotAllowed, NotFound
from core.links import session_page

SHOWN = 100
_NO_STORE = {"cache-control": "no-store"}
router = APIRouter(include_in_schema=False)


def _grader(caller: Annotated[Caller, Depends(require_caller)]) -> Caller:
    if not caller.may_act:
        raise NotAllowed("Only admins and coaches may grade: it shows what students said.")
    return caller


def _desk(web: WebDep) -> GradingDesk:
    if web.desks.grading is None:
        raise NotFound("This process keeps no reviews. Start it with: workbench up")
    return web.desks.grading


def _seen(web: Web, caller: Caller, session_ids: Iterable[str]) -> set[str]:
    """Returns the sessions of tutors that this person may see."""
    if not caller.teams:
        return set(session_ids)
    query = "SELECT session_id FROM fct_sessions WHERE list_contains(?, session_id)"
    rows = web.marts.rows(query, [list(session_ids)], caller.selection)
    return {row["session_id"] for row in rows}


def _require_seen(
    web: WebDep, caller: Annotated[Caller, Depends(_grader)], session_id: str
) -> None:
    if not _seen(web, caller, [session_id]):
        raise NotFound("This session is not known here, or is of another team.")


GraderDep = Annotated[Caller, Depends(_grader)]
DeskDep = Annotated[GradingDesk, Depends(_desk)]


@router.get("/reviews")
def show_reviews(web: WebDep, caller: GraderDep, desk: DeskDep, kept: str = "") -> HTMLResponse:
    waiting = desk.queue(SHOWN)
    seen = _seen(web, caller, [one.session_id for one in waiting])
    page = reviews_page(
        desk.standing(web.clock()),
        [one for one in waiting if one.session_id in seen],
        desk.questions,
        caller=caller,
        is_demo=web.is_demo,
        told="Kept. It counts for agreement if it was drawn by chance." if kept else "",
    )
    return HTMLResponse(page, headers=_NO_STORE)


@router.get("/reviews/{session_id}", dependencies=[Depends(_require_seen)])
def show_session(
    web: WebDep, caller: GraderDep, desk: DeskDep, session_id: str, wrong: str = ""
) -> HTMLResponse:
    page = grading_page(
        session_id,
        desk.passages(session_id),
        desk.questions,
        caller=caller,
        is_demo=web.is_demo,
        wrong="Choose a level for each item, or that it is not observable." if wrong else "",
    )
    return HTMLResponse(page, headers=_NO_STORE)


@router.get("/reviews/{session_id}/said", dependencies=[Depends(_require_seen)])
def show_said(web: WebDep, caller: GraderDep, desk: DeskDep, session_id: str) -> HTMLResponse:
    back = session_page("", session_id)
    said = desk.said(session_id)
    page = said_page(session_id, said, back, caller=caller, is_demo=web.is_demo)
    return HTMLResponse(page, headers=_NO_STORE)


async def _form(request: Request) -> FormData:
    return await request.form()


@router.post("/reviews/{session_id}", dependencies=[Depends(_require_seen)])
def grade(
    form: Annotated[FormData, Depends(_form)], caller: GraderDep, desk: DeskDep, session_id: str
) -> Response:
    try:
        levels = {one.id: _level(form.get(one.id)) for one in desk.questions}
    except BadInput:
        return RedirectResponse("?wrong=1", status_code=303)
    desk.grade(session_id, levels, caller.username)
    return RedirectResponse("/reviews?kept=1", status_code=303)


def _level(given: object) -> int | None:
    if given == NOT_OBSERVABLE:
        return None
    if not isinstance(given, str) or not given.isdigit():
        raise BadInput("A level is a number from 1 to 4.")
    return int(given)
