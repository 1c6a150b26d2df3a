"""Settings: everybody's own letters, and for admins a list of who may do what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.responses import HTMLResponse

from api.accounts import Account, find_account, list_accounts
from api.caller import Caller
from api.dependencies import Web, WebDep, require_caller
from api.routes.mail import ChoicesForm
from api.settings_page import settings_page
from core.choices import Choices
from core.errors import BadInput, NotFound
from core.recipients import Recipient

CallerDep = Annotated[Caller, Depends(require_caller)]
router = APIRouter(include_in_schema=False)


@router.get("/settings")
def show_settings(web: WebDep, caller: CallerDep) -> HTMLResponse:
    return _page(web, caller)


@router.post("/settings")
def change_settings(
    web: WebDep, caller: CallerDep, form: Annotated[ChoicesForm, Form()]
) -> HTMLResponse:
    account = find_account(web.accounts_path, caller.username)
    try:
        if account is None or not account.address:
            raise BadInput("No address is known for you. Ask an admin for one.")
        _save(web, account, form.choices())
    except BadInput as error:
        return _page(web, caller, wrong=str(error), status=error.status)
    return _page(web, caller, told="Saved.")


def _save(web: Web, account: Account, chosen: Choices) -> None:
    """Keeps what was chosen. Whose tutors letters are about, and alerts, are an admin's to say."""
    recipient = _recipient(web, account)
    if recipient is None:
        own = chosen.model_copy(update={"teams": account.teams})
        web.recipients.add(account.address, own, web.clock())
        return
    kept = recipient.choices
    teams = tuple(team for team in kept.teams if team in account.teams) if account.teams else ()
    theirs = {"tutors": kept.tutors, "is_operator": kept.is_operator}
    theirs |= {"teams": (teams or account.teams) if account.teams else kept.teams}
    web.recipients.choose(account.address, **chosen.model_dump() | theirs)


def _recipient(web: Web, account: Account | None) -> Recipient | None:
    try:
        return web.recipients.find(account.address) if account and account.address else None
    except NotFound:
        return None


def _page(
    web: Web, caller: Caller, told: str = "", wrong: str = "", status: int = 200
) -> HTMLResponse:
    account = find_account(web.accounts_path, caller.username)
    people = list_accounts(web.accounts_path) if caller.role == "admin" else []
    page = settings_page(
        account,
        _recipient(web, account),
        people,
        web.time_zone,
        caller=caller,
        is_demo=web.is_demo,
        told=told,
        wrong=wrong,
    )
    return HTMLResponse(page, status_code=status, headers={"cache-control": "no-store"})
