"""The login form and the button that ends a login."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.accounts import check_password, end_logins
from api.cookie import COOKIE
from api.dependencies import CallerDep, Web, WebDep
from api.login_pages import logged_out_page, login_page, logout_page
from api.login_service import ID_TOKEN_COOKIE, LoginService, ServiceDep
from core.errors import NotAllowed

_WRONG = "That name and password do not match. Check both and try again."

router = APIRouter(include_in_schema=False)


def local_path(wanted: str) -> str:
    """Returns `wanted` when it is a path of this site, else "/": a login never leads elsewhere."""
    is_plain = wanted.isprintable() and "\\" not in wanted
    if not (is_plain and wanted.startswith("/") and not wanted.startswith("//")):
        return "/"
    first = urlsplit(wanted).path.split("/")[1]
    return "/" if first in ("login", "logout") else wanted


@router.get("/login")
def show_login(web: WebDep, caller: CallerDep, service: ServiceDep, next: str = "/") -> Response:
    if caller is not None:
        return RedirectResponse(local_path(next), status_code=303)
    return HTMLResponse(_page(web, service, next))


@router.post("/login")
def log_in(
    request: Request,
    web: WebDep,
    service: ServiceDep,
    username: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1_000)] = "",
    next: Annotated[str, Form(max_length=4_000)] = "/",
) -> Response:
    if service and not service.has_passwords:
        raise NotAllowed("Nobody logs in by password here. Use the button of the login page.")
    now = web.clock()
    key = (username.strip().lower(), request.client.host if request.client else "")
    web.throttle.attempt(key, now)
    account = check_password(web.accounts_path, username, password)
    if account is None:
        page = _page(web, service, next, error=_WRONG, name=username)
        return HTMLResponse(page, status_code=401)
    web.throttle.succeeded(key)
    response = RedirectResponse(local_path(next), status_code=303)
    web.cookie.set_on(response, account, now)
    return response


@router.get("/logout")
def show_logout(web: WebDep, caller: CallerDep) -> Response:
    return HTMLResponse(logout_page(caller, is_demo=web.is_demo))


@router.post("/logout")
async def log_out(
    request: Request, web: WebDep, caller: CallerDep, service: ServiceDep
) -> Response:
    if caller is not None:
        await run_in_threadpool(end_logins, web.accounts_path, caller.username)
    response: Response = RedirectResponse("/login", status_code=303)
    if service and ID_TOKEN_COOKIE in request.cookies:
        provider = await service.logout_url(request)
        response = HTMLResponse(logged_out_page(service.name, provider))
        service.forget(response)
    response.delete_cookie(COOKIE, path="/")
    return response


def _page(web: Web, service: LoginService | None, next: str, **words: str) -> str:
    return login_page(
        local_path(next),
        is_demo=web.is_demo,
        service=service.name if service else None,
        has_passwords=service is None or service.has_passwords,
        **words,
    )
