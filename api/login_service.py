"""The login service, as the login's pages need it: the provider, its people, and our cookies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from api.cookie import LoginCookie
from api.oidc import Client, Provider
from api.oidc_flow import FLOW_PATH, FlowCookie
from api.oidc_people import People
from core.settings import Settings

CALLBACK = f"{FLOW_PATH}/callback"
ID_TOKEN_COOKIE = "workbench_id_token"
_ID_TOKEN_PATH = "/logout"
_LONGEST_ID_TOKEN = 3_500  # a browser keeps 4,096 bytes of a cookie


@dataclass(frozen=True)
class LoginService:
    """Where people log in who have an account at the provider; `home` is our own address."""

    provider: Provider
    people: People
    flows: FlowCookie
    name: str
    home: str
    has_passwords: bool

    def remember(self, response: Response, id_token: str, seconds: int) -> None:
        """Leaves with the browser what the provider wants to see at a logout."""
        response.set_cookie(
            ID_TOKEN_COOKIE,
            id_token if len(id_token) <= _LONGEST_ID_TOKEN else "-",
            max_age=seconds,
            path=_ID_TOKEN_PATH,
            httponly=True,
            samesite="lax",
            secure=self.flows.is_secure,
        )

    async def logout_url(self, request: Request) -> str | None:
        """Returns where the provider's own login ends; None if it has no such address."""
        id_token = request.cookies[ID_TOKEN_COOKIE].removeprefix("-")
        return await self.provider.logout_url(id_token, f"{self.home}/login")

    @staticmethod
    def forget(response: Response) -> None:
        """Takes back what `remember` left."""
        response.delete_cookie(ID_TOKEN_COOKIE, path=_ID_TOKEN_PATH)


def login_service(settings: Settings, cookie: LoginCookie) -> LoginService | None:
    """Returns the login service of this installation, None if it has none. Asks nobody yet."""
    if not (settings.oidc_issuer and settings.oidc_client_id and settings.oidc_client_secret):
        return None
    client = Client(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        scopes=settings.oidc_scopes,
        redirect_uri=settings.web_url + CALLBACK,
    )
    return LoginService(
        Provider(client),
        _people(settings),
        FlowCookie(cookie.key, cookie.is_secure),
        settings.oidc_name,
        settings.web_url,
        settings.password_login,
    )


def _people(settings: Settings) -> People:
    return People(
        settings.oidc_username_claim,
        settings.oidc_trust_email,
        settings.oidc_role_claim,
        settings.oidc_roles,
    )


def _service(request: Request) -> LoginService | None:
    service: LoginService | None = request.app.state.login_service
    return service


ServiceDep = Annotated[LoginService | None, Depends(_service)]
