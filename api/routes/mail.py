"""Who gets letters: one's own choice by the link of a letter, and the list for admins."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse

from api.caller import Caller
from api.dependencies import Web, WebDep, require_caller
from api.mail_pages import choice_page, recipients_page
from core.choices import Choices, Digest, Mode, is_calmer, make_choices
from core.errors import BadInput, NotAllowed, NotFound
from core.recipients import Recipient

_NO_STORE = {"cache-control": "no-store"}
_LISTS = {"teams", "subjects", "tutors"}
Short = Annotated[str, Field(max_length=2_000)]
CallerDep = Annotated[Caller, Depends(require_caller)]
# the secret in the address opens these two: a mail program has no login
letters = APIRouter(include_in_schema=False)
router = APIRouter(include_in_schema=False)


class ChoicesForm(BaseModel):
    """What a form of choices sends: every field as text, empty where nothing is chosen."""

    mode: Short
    digest: Short
    digest_at: Short
    time_zone: Short
    quiet_from: Short = ""
    quiet_until: Short = ""
    hourly_budget: Short
    subjects: Short = ""

    def choices(self) -> Choices:
        """Returns the choices made.

        Raises:
            BadInput: names what is not possible.
        """
        given = self.model_dump(exclude={"address", "action"})
        for name in given.keys() & _LISTS:
            given[name] = [part.strip() for part in given[name].split(",") if part.strip()]
        return make_choices(**{name: value for name, value in given.items() if value != ""})


class RecipientForm(ChoicesForm):
    """What an admin's form of a recipient sends."""

    address: Short
    teams: Short = ""
    tutors: Short = ""
    is_operator: bool = False
    action: Literal["add", "set", "remove"]


@letters.get("/mail/{token}")
def show_choice(web: WebDep, token: str, mode: Mode, digest: Digest) -> HTMLResponse:
    return _choice(web, _holder(web, token), mode, digest, is_done=False)


@letters.post("/mail/{token}")
def choose(
    web: WebDep,
    token: str,
    mode: Mode,
    digest: Digest,
    unsubscribe: Annotated[str, Form(alias="List-Unsubscribe", max_length=20)] = "",
) -> HTMLResponse:
    recipient = _holder(web, token)
    # RFC 8058: a mail program acts by itself, perhaps for an old letter, and never for more letters
    if not unsubscribe or is_calmer(mode, digest, recipient.choices):
        recipient = web.recipients.choose(recipient.address, mode=mode, digest=digest)
    return _choice(web, recipient, mode, digest, is_done=True)


@router.get("/recipients")
def show_recipients(web: WebDep, caller: CallerDep) -> HTMLResponse:
    _require_admin(caller)
    return _recipients(web, caller)


@router.post("/recipients")
def change_recipients(
    web: WebDep, caller: CallerDep, form: Annotated[RecipientForm, Form()]
) -> HTMLResponse:
    _require_admin(caller)
    try:
        told = _change(web, form)
    except (BadInput, NotFound) as error:
        return _recipients(web, caller, wrong=str(error), status=error.status)
    return _recipients(web, caller, told=told)


def _change(web: Web, form: RecipientForm) -> str:
    if form.action == "remove":
        web.recipients.remove(form.address)
        return f"{form.address} is off the list."
    if form.action == "add":
        web.recipients.add(form.address, form.choices(), web.clock())
        return f"{form.address} is on the list."
    web.recipients.choose(form.address, **form.choices().model_dump())
    return f"Saved for {form.address}."


def _holder(web: Web, token: str) -> Recipient:
    try:
        return web.recipients.by_token(token)
    except NotFound:
        raise NotFound(
            "This link is no longer good. The newest letter has one that is; or ask whoever runs "
            "the workbench."
        ) from None


def _require_admin(caller: Caller) -> None:
    if caller.role != "admin":
        raise NotAllowed("Only an admin may see and change who gets letters.")


def _choice(
    web: Web, recipient: Recipient, mode: Mode, digest: Digest, *, is_done: bool
) -> HTMLResponse:
    page = choice_page(recipient, mode, digest, is_done=is_done, is_demo=web.is_demo)
    return HTMLResponse(page, headers=_NO_STORE)


def _recipients(
    web: Web, caller: Caller, told: str = "", wrong: str = "", status: int = 200
) -> HTMLResponse:
    people = web.recipients.all()
    page = recipients_page(
        people, web.time_zone, caller=caller, is_demo=web.is_demo, told=told, wrong=wrong
    )
    return HTMLResponse(page, status_code=status, headers=_NO_STORE)
