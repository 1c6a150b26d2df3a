"""The one door: pure ASGI, in front of every request and every websocket, shut by default."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.caller import Caller
from api.cookie import COOKIE, LoginCookie
from api.problems import refuse
from core.errors import BadInput, BodyTooLarge, NotAllowed, NotAuthenticated, WorkbenchError
from core.tokens import KeyRing

OPEN_PATHS = {"/healthz", "/readyz", "/login", "/static/pages.css"}
OPEN_PATHS |= {"/login/oidc", "/login/oidc/callback"}
# whoever has a letter may change how many more come: its link carries a secret of their own
OPEN_FOLDER = "/mail/"
TOKEN_PATHS = {"/readyz", "/openapi.json", "/docs"}
_TUTOR_FOLDERS = ("/dashboard", "/logout", "/v1/tutors/", "/v1/sessions/")
LOGIN_IS_OVER = 4401
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_LARGEST_FORM = 16_384
_LOG_IN = (
    "Log in, or send a token as Authorization: Bearer. See: workbench token --scope marts:read"
)


@dataclass(frozen=True)
class Door:
    """Decides who may come in: which hosts and origins, which logins and tokens."""

    keys: KeyRing
    cookie: LoginCookie
    origins: frozenset[str]

    @property
    def hosts(self) -> set[str]:
        return {urlsplit(origin).netloc for origin in self.origins}

    def admit(self, connection: HTTPConnection) -> Caller | None:
        """Returns who asks; None only on an open path.

        Raises:
            BadInput: the request was meant for another host.
            NotAuthenticated: nobody is logged in and there is no valid token.
            NotAllowed: the request comes from a foreign page, or a token asks for a page.
        """
        if connection.headers.get("host") not in self.hosts:
            raise BadInput("Open the workbench at its own address: WORKBENCH_PUBLIC_URL.")
        caller = self.identify(connection)
        path = connection.scope["path"]
        if path not in OPEN_PATHS and not path.startswith(OPEN_FOLDER):
            self._require_right(connection, caller, path)
        elif connection.scope.get("method") == "POST":
            self._refuse_odd_form(connection)
        return caller

    def identify(self, connection: HTTPConnection) -> Caller | None:
        """Returns who the token or the login cookie speaks for, else None."""
        if header := connection.headers.get("authorization"):
            return self._client(header)
        claims = self.cookie.read(connection.cookies.get(COOKIE, ""))
        if not claims:
            return None
        return Caller(
            claims["sub"],
            claims["name"],
            claims["role"],
            is_browser=True,
            teams=claims["teams"],
            tutor_id=claims["tutor_id"],
        )

    def _client(self, header: str) -> Caller:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            raise NotAuthenticated(_LOG_IN)
        principal = self.keys.verify(token.strip())
        principal.require("marts:read")
        return Caller(principal.subject, principal.subject, "api client", False)

    def _require_right(self, connection: HTTPConnection, caller: Caller | None, path: str) -> None:
        if caller is None:
            raise NotAuthenticated(_LOG_IN)
        if caller.role == "tutor" and not _is_of_tutors(path):
            raise NotAllowed("Tutors see their own page and their own sessions here.")
        if caller.is_browser:
            if connection.scope.get("method", "") not in _SAFE_METHODS:
                self._require_own_origin(connection)
        elif not (path.startswith("/v1/") or path in TOKEN_PATHS):
            raise NotAllowed("A token reads /v1 only. Open this address in a browser.")

    def _require_own_origin(self, connection: HTTPConnection) -> None:
        if connection.headers.get("origin") not in self.origins:
            raise NotAllowed("This came from another page. Start again from the workbench.")

    def _refuse_odd_form(self, connection: HTTPConnection) -> None:
        if "origin" in connection.headers:
            self._require_own_origin(connection)
        length = connection.headers.get("content-length", "")
        if not length.isdigit() or int(length) > _LARGEST_FORM:
            raise BodyTooLarge("Send the form as it is, with its length.")


class Gate:
    """ASGI middleware that lets nothing through unless `door` admits it."""

    def __init__(self, app: ASGIApp, door: Door, recheck_seconds: float) -> None:
        self._app = app
        self._door = door
        self._recheck_seconds = recheck_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        connection = HTTPConnection(scope)
        try:
            caller = self._door.admit(connection)
        except WorkbenchError as error:
            return await _turn_away(connection, error, receive, send)
        scope.update(caller=caller, user=_marimo_user(caller))
        if scope["type"] == "http":
            return await self._app(scope, receive, send)
        # an open page names colleagues: who may be given a case, and who did something
        scope["user"]["people"] = self._door.cookie.people()
        socket = _WatchedSocket(self._door, connection, receive, send, self._recheck_seconds)
        try:
            await self._app(scope, socket.receive, socket.send)
        finally:
            socket.forget()


def _is_of_tutors(path: str) -> bool:
    return path in ("/", "/v1/me") or path.startswith(_TUTOR_FOLDERS)


async def _turn_away(
    connection: HTTPConnection, error: WorkbenchError, receive: Receive, send: Send
) -> None:
    if connection.scope["type"] == "http":
        return await refuse(connection, error)(connection.scope, receive, send)
    await receive()
    await send({"type": "websocket.close", "code": LOGIN_IS_OVER})
    return None


def _marimo_user(caller: Caller | None) -> dict[str, Any]:
    # the dashboard reads this as mo.app_meta().request.user
    if caller is None:
        return {"is_authenticated": False}
    return {
        "is_authenticated": True,
        "username": caller.username,
        "display_name": caller.display_name,
        "role": caller.role,
        "may_act": caller.may_act,
        "teams": caller.teams,
        "tutor_id": caller.tutor_id,
    }


class _WatchedSocket:
    """A websocket that ends when its login does, or when who it is for may see other things.

    marimo keeps one open for as long as a page is.
    """

    def __init__(
        self,
        door: Door,
        connection: HTTPConnection,
        receive: Receive,
        send: Send,
        recheck_seconds: float,
    ) -> None:
        self._door = door
        self._connection = connection
        self._caller = connection.scope["caller"]
        self._receive = receive
        self._send = send
        self._recheck_seconds = recheck_seconds
        self._next: asyncio.Future[Message] | None = None
        self._is_over = False

    async def receive(self) -> Message:
        while not self._is_over:
            self._next = self._next or asyncio.ensure_future(self._receive())
            done, _ = await asyncio.wait({self._next}, timeout=self._recheck_seconds)
            if self._door.identify(self._connection) != self._caller:
                await self._end()
            elif done:
                message, self._next = self._next.result(), None
                return message
        return {"type": "websocket.disconnect", "code": LOGIN_IS_OVER}

    async def send(self, message: Message) -> None:
        if not self._is_over:
            await self._send(message)

    def forget(self) -> None:
        """Leaves no task behind when the application is done with the socket."""
        if self._next is not None:
            self._next.cancel()

    async def _end(self) -> None:
        self._is_over = True
        await self._send({"type": "websocket.close", "code": LOGIN_IS_OVER})
