"""Errors as people and programs read them: application/problem+json (RFC 9457), never an echo."""

from __future__ import annotations

import re
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from core.errors import BadInput, NotAuthenticated, WorkbenchError

_ADVICE = {
    404: ("Not found", "There is nothing at this address. See /docs."),
    405: ("Method not allowed", "This address does not take this method. See the Allow header."),
}


def problem(request_id: str, status: int, title: str, detail: str, **members: Any) -> Response:
    """Returns one problem; `type` is a URN made of its title."""
    slug = re.sub(r"[^a-z]+", "-", title.lower())
    content = {
        "type": f"urn:tutor-workbench:problem:{slug}",
        "title": title,
        "status": status,
        "detail": detail,
        "request_id": request_id,
    }
    return Response(orjson.dumps(content | members), status, media_type="application/problem+json")


def refusal(request_id: str, error: WorkbenchError) -> Response:
    """Returns the answer to a request that ended in an error of ours."""
    response = problem(request_id, error.status, error.title, str(error))
    if isinstance(error, NotAuthenticated):
        response.headers["WWW-Authenticate"] = "Bearer"
    if error.retry_after_seconds is not None:
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


def add_problem_handlers(app: FastAPI) -> None:
    """Makes every error that leaves a route a problem."""
    app.add_exception_handler(WorkbenchError, _known)
    app.add_exception_handler(HTTPException, _by_framework)
    app.add_exception_handler(RequestValidationError, _wrong_parameter)


def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, WorkbenchError)
    return refusal(request.state.request_id, error)


def _wrong_parameter(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    detail = f"{first['loc'][-1]}: {first['msg']}. See /docs."
    return problem(request.state.request_id, BadInput.status, BadInput.title, detail)


def _by_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    title, detail = _ADVICE.get(error.status_code, ("Bad request", "See /docs."))
    response = problem(request.state.request_id, error.status_code, title, detail)
    response.headers.update(error.headers or {})
    return response
