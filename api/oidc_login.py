"""Login at the provider: out to it, and back from it."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.accounts import Account
from api.dependencies import CallerDep, Web, WebDep
from api.login import local_path
from api.login_pages import refused_page
from api.login_service import CALLBACK, LoginService, ServiceDep
from api.oidc_errors import LoginFailed, denied, odd_answer, start_again
from api.oidc_flow import FLOW_COOKIE, FLOW_PATH, Flow
from core.errors import NotFound

_log = logging.getLogger(__name__)

router = APIRouter(include_in_schema=False)


@router.get(FLOW_PATH)
async def leave(
    request: Request, web: WebDep, caller: CallerDep, service: ServiceDep, next: str = "/"
) -> Response:
    next_path, service = local_path(next), _existing(service)
    if caller is not None:
        return RedirectResponse(next_path, status_code=303)
    if request.headers["host"] != urlsplit(service.home).netloc:
        # the provider leads back to that address, where a cookie of this one would not be
        wanted = quote(next_path, safe="/")
        return RedirectResponse(f"{service.home}{FLOW_PATH}?next={wanted}", status_code=303)
    flow = Flow.start(next_path)
    try:
        response = RedirectResponse(await service.provider.login_url(flow), status_code=303)
    except LoginFailed as failure:
        return _refused(failure)
    service.flows.set_on(response, flow, web.clock())
    return response


@router.get(CALLBACK)
async def come_back(
    request: Request,
    web: WebDep,
    service: ServiceDep,
    state: str = "",
    code: str = "",
    error: str = "",
    iss: str | None = None,
) -> Response:
    service = _existing(service)
    try:
        flow = service.flows.read(request.cookies.get(FLOW_COOKIE, ""), state)
        if flow is None:
            raise start_again()
        if not service.provider.is_issuer(iss):
            raise odd_answer("issuer", "the answer comes from another login service")
        if error or not code:
            raise denied() if error == "access_denied" else odd_answer("error", "it refused")
        response = await _log_in(web, service, flow, code)
    except LoginFailed as failure:
        response = _refused(failure)
    response.delete_cookie(FLOW_COOKIE, path=FLOW_PATH)
    return response


async def _log_in(web: Web, service: LoginService, flow: Flow, code: str) -> Response:
    now = web.clock()
    token = await service.provider.redeem(code, flow)
    claims = await service.provider.check(token, flow, now)
    account = await _account(web, service, token, claims)
    response = RedirectResponse(local_path(flow.next), status_code=303)
    web.cookie.set_on(response, account, now)
    service.remember(response, token["id_token"], int(web.cookie.lasts.total_seconds()))
    return response


async def _account(
    web: Web, service: LoginService, token: dict[str, Any], claims: dict[str, Any]
) -> Account:
    if not service.people.is_told_by(claims):
        claims = await service.provider.more_claims(token, claims["sub"]) | claims
    find = service.people.account_of
    return await run_in_threadpool(find, web.accounts_path, claims, web.clock())


def _existing(service: LoginService | None) -> LoginService:
    if service is None:
        raise NotFound("There is no login service here. Log in with name and password: /login")
    return service


def _refused(failure: LoginFailed) -> Response:
    _log.warning("no login by OpenID Connect: %s", failure.reason)
    page = refused_page(failure.title, str(failure))
    response = HTMLResponse(page, status_code=failure.status)
    if failure.retry_after_seconds is not None:
        response.headers["retry-after"] = str(failure.retry_after_seconds)
    return response
