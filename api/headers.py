"""Security headers on every answer, and the files of the dashboard kept by browsers."""

from __future__ import annotations

import gzip
import mimetypes
import os
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# marimo starts from inline scripts and builds charts and widgets at run time.
_DASHBOARD_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_FOR_EVER = "private, max-age=31536000, immutable"
_WORTH_PACKING = {".js", ".css", ".svg", ".json", ".wasm", ".ttf"}


class SecurityHeaders:
    """ASGI middleware that sets each header which the answer does not set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        is_dashboard = scope["path"].startswith("/dashboard/")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _harden(MutableHeaders(scope=message), is_dashboard)
            await send(message)

        await self._app(scope, receive, send_with_headers)
        return None


def _harden(headers: MutableHeaders, is_dashboard: bool) -> None:
    policy = _DASHBOARD_POLICY if is_dashboard else _PAGE_POLICY
    headers.setdefault("content-security-policy", policy)
    headers.setdefault("cache-control", "no-store")
    headers["referrer-policy"] = "same-origin"
    headers["x-content-type-options"] = "nosniff"


class HashedFiles(StaticFiles):
    """Serves files whose names change with their content: packed once, kept for ever."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        path = Path(full_path)
        accepts_gzip = "gzip" in Headers(scope=scope).get("accept-encoding", "")
        if accepts_gzip and path.suffix in _WORTH_PACKING:
            response = _packed_response(path)
        else:
            response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["cache-control"] = _FOR_EVER
        return response


def _packed_response(path: Path) -> Response:
    kind, _ = mimetypes.guess_type(path.name)
    headers = {"content-encoding": "gzip", "vary": "accept-encoding"}
    return Response(_packed(path), media_type=kind, headers=headers)


@lru_cache(maxsize=1_000)
def _packed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), compresslevel=6)
