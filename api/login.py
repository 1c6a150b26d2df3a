"""The login form and the button that ends a login."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api import html
from api.accounts import check_password, end_logins
from api.cookie import COOKIE
from api.dependencies import CallerDep, WebDep

_WRONG = "That name and password do not match. Check both and try again."

router = APIRouter(include_in_schema=False)


def local_path(wanted: str) -> str:
    """Returns `wanted` when it is a path of this site, else "/": a login never leads elsewhere."""
    is_plain = wanted.isprintable() and "\\" not in wanted
    if not (is_plain and wanted.startswith("/") and not wanted.startswith("//")):
        return "/"
    return "/" if urlsplit(wanted).path in ("/login", "/logout") else wanted


@router.get("/login")
def show_login(web: WebDep, caller: CallerDep, next: str = "/") -> Response:
    if caller is not None:
        return RedirectResponse(local_path(next), status_code=303)
    return HTMLResponse(html.login_page(local_path(next), is_demo=web.is_demo))


@router.post("/login")
def log_in(
    request: Request,
    web: WebDep,
    username: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1_000)] = "",
    next: Annotated[str, Form(max_length=4_000)] = "/",
) -> Response:
    now = web.clock()
    key = (username.strip().lower(), request.client.host if request.client else "")
    web.throttle.attempt(key, now)
    account = check_password(web.accounts_path, username, password)
    if account is None:
        page = html.login_page(local_path(next), is_demo=web.is_demo, error=_WRONG, name=username)
        return HTMLResponse(page, status_code=401)
    web.throttle.succeeded(key)
    response = RedirectResponse(local_path(next), status_code=303)
    web.cookie.set_on(response, account, now)
    return response


@router.get("/logout")
def show_logout(web: WebDep, caller: CallerDep) -> Response:
    return HTMLResponse(html.logout_page(caller, is_demo=web.is_demo))


@router.post("/logout")
def log_out(web: WebDep, caller: CallerDep) -> Response:
    if caller is not None:
        end_logins(web.accounts_path, caller.username)
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(COOKIE, path="/")
    return response
