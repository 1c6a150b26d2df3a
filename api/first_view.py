"""Puts the page, as it is now, into the HTML that starts the dashboard."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FirstView = Callable[[str, Mapping[str, Any]], str]
"""Gives the HTML of a page: of an address's query, for the user of a login."""

_ROOT = b'<div id="root"></div>'
_STARTS_MARIMO = re.compile(
    rb'<script type="module"[^>]*></script>|<link rel="(?:modulepreload|stylesheet)"[^>]*>'
)
# a megabyte of fonts and pictures that no page of ours shows
_NOT_SHOWN = re.compile(rb'<link rel="preload"[^>]*>')


class WithFirstView:
    """ASGI middleware around marimo; `people` gives the names of all who may look after a case."""

    def __init__(
        self, app: ASGIApp, first_view: FirstView, people: Callable[[], Mapping[str, str]]
    ) -> None:
        self._app = app
        self._first_view = first_view
        self._people = people
        # the same for every address and everybody, and marimo parses the notebook to make it
        self._page: tuple[Message, bytes] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] != "/dashboard/":
            return await self._app(scope, receive, send)
        start, html = self._page or await self._ask(scope, receive)
        if start["status"] == 200:
            view = await run_in_threadpool(self._view, scope)
            html = html.replace(_ROOT, view + _ROOT, 1)
        is_packed = "gzip" in Headers(scope=scope).get("accept-encoding", "")
        await _send(start, html, is_packed, send)
        return None

    async def _ask(self, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
        """Returns how marimo's answer starts, and its whole body; a page is asked for once."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self._app(scope, receive, keep)
        start, *bodies = messages
        html = b"".join(body.get("body", b"") for body in bodies)
        if start["status"] == 200:
            self._page = start, _held_back(html)
        return self._page or (start, html)

    def _view(self, scope: Scope) -> bytes:
        user = scope["user"] | {"people": self._people()}
        return self._first_view(scope["query_string"].decode("latin-1"), user).encode()


def _held_back(html: bytes) -> bytes:
    """Returns a page whose first view takes what starts marimo out of a template."""
    held = b"".join(_STARTS_MARIMO.findall(html))
    kept = _NOT_SHOWN.sub(b"", _STARTS_MARIMO.sub(b"", html))
    return kept.replace(b"</title>", b'</title><template id="live-page">%b</template>' % held, 1)


async def _send(start: Message, html: bytes, is_packed: bool, send: Send) -> None:
    headers = MutableHeaders(raw=list(start["headers"]))
    headers["cache-control"] = "no-store"  # there are figures and names in it now
    if is_packed:
        html = gzip.compress(html, compresslevel=5)
        headers["content-encoding"] = "gzip"
    headers["content-length"] = str(len(html))
    await send({**start, "headers": headers.raw})
    await send({"type": "http.response.body", "body": html})
