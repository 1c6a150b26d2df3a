"""Who asks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from api.caller import Caller
from api.dependencies import WebDep, require_caller
from api.examples.people import ME
from api.routes.answers import documented
from api.schemas.people import MeOut

router = APIRouter(prefix="/v1", tags=["people"])


@router.get("/me", responses=documented(ME, is_published=False))
def read_me(
    request: Request, web: WebDep, caller: Annotated[Caller, Depends(require_caller)]
) -> MeOut:
    """Who you are here: a person with a role, or a token with its scopes."""
    name = {"username": caller.username, "display_name": caller.display_name}
    if caller.is_browser:
        return MeOut.model_validate(
            name | {"role": caller.role, "scopes": None, "expires_at": None}
        )
    # the gate has let this token in; only the token itself says what else it may do
    principal = web.keys.verify(request.headers["authorization"].partition(" ")[2].strip())
    ends = datetime.fromtimestamp(principal.expires_at, UTC)
    held = {"role": None, "scopes": sorted(principal.scopes), "expires_at": ends}
    return MeOut.model_validate(name | held)
