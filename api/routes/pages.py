"""Small pages: health, the way to the dashboard, the API's documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse

from api.dependencies import CallerDep, WebDep
from api.docs import docs_page
from core.errors import MartsNotPublished
from core.marts import Marts

_STYLE = Path(__file__).parents[1] / "static" / "pages.css"

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def check_health() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz")
def check_readiness(web: WebDep, caller: CallerDep) -> dict[str, Any]:
    details = {} if caller is None else {"published": _published(web.marts)}
    return {"status": "ready", **details}


@router.get("/static/pages.css")
def read_style() -> FileResponse:
    return FileResponse(_STYLE, headers={"cache-control": "no-cache"})


@router.get("/")
def open_dashboard() -> RedirectResponse:
    return RedirectResponse("/dashboard/", status_code=307)


@router.get("/dashboard")
def add_slash(request: Request) -> RedirectResponse:
    # marimo's own redirect loses the query
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/dashboard/{query}", status_code=308)


@router.get("/docs")
def show_docs(request: Request, web: WebDep, caller: CallerDep) -> HTMLResponse:
    page = docs_page(request.app.openapi(), caller=caller, is_demo=web.is_demo)
    return HTMLResponse(page)


def _published(marts: Marts) -> dict[str, Any] | None:
    try:
        published = marts.published()
    except MartsNotPublished:
        return None
    return {
        "number": published.number,
        "as_of": published.as_of,
        "published_at": published.published_at,
        "ingest_seq": published.ingest_seq,
    }
