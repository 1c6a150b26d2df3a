"""The demo's mailbox: letters that the mail catcher kept instead of sending them."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse

from api import html
from api.caller import Caller
from api.dependencies import WebDep, require_caller
from api.examples.mailbox import LETTERS
from api.letters import find_paths, read_heads, read_letter
from api.routes.answers import documented
from core.errors import NotAllowed, NotFound

CallerDep = Annotated[Caller, Depends(require_caller)]
_LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
    f"sandbox {html.SANDBOX}"
)
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
_TO_WHOLE_WINDOW = '<base target="_top">'


class LetterOut(BaseModel):
    key: str
    subject: str
    to: str
    message_id: str
    session_id: str | None
    date: datetime | None


class LettersOut(BaseModel):
    count: int = Field(description="letters that match, on this page or not")
    items: list[LetterOut]


def require_mailbox(web: WebDep, caller: CallerDep) -> None:
    """Raises NotFound where letters go to a real mail server, and NotAllowed for one team only."""
    if caller.teams:
        raise NotAllowed("The mailbox has letters about all teams. Ask an admin.")
    if not (web.is_demo or web.mailbox_dir.is_dir()):
        raise NotFound("There is no mailbox here: letters go to a real mail server.")


router = APIRouter(dependencies=[Depends(require_mailbox)])


@router.get("/v1/mailbox", tags=["mailbox"], responses=documented(LETTERS))
def list_letters(
    web: WebDep,
    session_id: Annotated[str | None, Query(max_length=128)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> LettersOut:
    """Letters that the demo's mail catcher kept, newest first; of one session if you name it."""
    paths = list(find_paths(web.mailbox_dir).values())
    if session_id is None:
        heads, count = read_heads(paths[offset : offset + limit]), len(paths)
    else:
        found = [head for head in read_heads(paths) if head.session_id == session_id]
        heads, count = found[offset : offset + limit], len(found)
    return LettersOut(count=count, items=[LetterOut(**asdict(head)) for head in heads])


@router.get("/mailbox", include_in_schema=False)
def show_mailbox(
    web: WebDep, caller: CallerDep, page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> HTMLResponse:
    paths = find_paths(web.mailbox_dir)
    start = (page - 1) * html.LETTERS_PER_PAGE
    heads = read_heads(islice(paths.values(), start, start + html.LETTERS_PER_PAGE))
    return HTMLResponse(
        html.mailbox_page(
            heads, len(paths), page, web.time_zone, caller=caller, is_demo=web.is_demo
        )
    )


@router.get("/mailbox/{key}", include_in_schema=False)
def show_letter(web: WebDep, caller: CallerDep, key: str) -> HTMLResponse:
    letter = read_letter(web.mailbox_dir, key)
    page = html.letter_page(letter, web.time_zone, caller=caller, is_demo=web.is_demo)
    return HTMLResponse(page)


@router.get("/mailbox/{key}/letter", include_in_schema=False)
def show_letter_body(web: WebDep, key: str) -> HTMLResponse:
    body = read_letter(web.mailbox_dir, key).html
    # Put before the doctype it would switch the letter to quirks mode.
    with_target, count = _HEAD.subn(lambda head: head[0] + _TO_WHOLE_WINDOW, body, count=1)
    content = with_target if count else _TO_WHOLE_WINDOW + body
    return HTMLResponse(content, headers={"content-security-policy": _LETTER_POLICY})
