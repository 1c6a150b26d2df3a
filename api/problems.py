"""What a reader sees when something is refused or fails: problem+json, or a page for people."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from api import html
from core.errors import NotAuthenticated, WorkbenchError

_NEXT_STEPS = {
    404: "Nothing is at this address. /docs lists every address.",
    405: "This address does not take this method. /docs lists what it takes.",
}
_OUR_FAULT = (
    "Something failed on our side. Try again; if it stays, tell whoever runs the workbench."
)


class NotModified(Exception):
    """Raised when the reader already holds the answer; carries the headers of the 304."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__()
        self.headers = headers


def install(app: FastAPI) -> None:
    """Gives every error of `app` the same shape."""
    app.add_exception_handler(WorkbenchError, _workbench_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(NotModified, _not_modified)
    app.add_exception_handler(Exception, _crash)


def refuse(connection: HTTPConnection, error: WorkbenchError) -> Response:
    """Returns the answer for `error`; a browser that is not logged in is led to the login."""
    if isinstance(error, NotAuthenticated) and _wants_page(connection):
        return RedirectResponse(_login_address(connection), status_code=303)
    response = _answer(connection, error.status, error.title, str(error))
    if error.retry_after_seconds is not None:
        response.headers["retry-after"] = str(error.retry_after_seconds)
    if error.status == 401:
        response.headers["www-authenticate"] = "Bearer"
    return response


def _login_address(connection: HTTPConnection) -> str:
    if connection.scope.get("method", "GET") != "GET":
        return "/login"
    query = f"?{connection.url.query}" if connection.url.query else ""
    return f"/login?next={quote(connection.url.path + query, safe='/')}"


def _wants_page(connection: HTTPConnection) -> bool:
    is_api = connection.url.path.startswith("/v1/")
    return not is_api and "text/html" in connection.headers.get("accept", "")


def _answer(
    connection: HTTPConnection, status: int, title: str, detail: str, **more: Any
) -> Response:
    if _wants_page(connection):
        return HTMLResponse(html.message_page(title, detail), status_code=status)
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JSONResponse(content, status_code=status, media_type="application/problem+json")


def _workbench_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, WorkbenchError)
    return refuse(request, error)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = _NEXT_STEPS.get(error.status_code, str(error.detail))
    response = _answer(request, error.status_code, HTTPStatus(error.status_code).phrase, detail)
    response.headers.update(error.headers or {})
    return response


def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    wrong = [
        {
            "pointer": "/".join(str(part) for part in found["loc"]),
            "code": found["type"],
            "detail": found["msg"],
        }
        for found in error.errors()
    ]
    detail = "Change the parameters listed in errors, then try again."
    return _answer(request, 422, "Input is not valid", detail, errors=wrong)


def _not_modified(_: Request, error: Exception) -> Response:
    assert isinstance(error, NotModified)
    return Response(status_code=304, headers=error.headers)


def _crash(request: Request, _: Exception) -> Response:
    return _answer(request, 500, WorkbenchError.title, _OUR_FAULT)
