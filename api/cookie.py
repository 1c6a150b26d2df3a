"""The login cookie: a signed JWT with a key of its own, checked against the account each time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from starlette.responses import Response

from api.accounts import Account, find_account, list_accounts
from api.caller import ACTING_ROLES
from core.errors import NotAllowed
from core.secrets import read_or_create
from core.settings import Settings

COOKIE = "workbench_login"
_AUDIENCE = "tutor-workbench-browser"
_REQUIRED = ["exp", "iat", "aud", "sub", "version"]


@dataclass(frozen=True)
class LoginCookie:
    """Makes and checks the login cookie; an account's new session version ends older cookies."""

    key: str
    accounts_path: Path
    lasts: timedelta
    is_secure: bool
    tutors_may_enter: bool = False

    @classmethod
    def load(cls, settings: Settings) -> LoginCookie:
        """Returns the cookie of this installation; its secret is made on first use."""
        return cls(
            read_or_create(settings.secrets_dir, "cookie-key"),
            settings.accounts_path,
            timedelta(hours=settings.session_hours),
            settings.web_url.startswith("https://"),
            settings.tutor_login,
        )

    def issue(self, account: Account, now: datetime) -> str:
        """Returns the signed value of the cookie for `account`."""
        claims = {
            "sub": account.username,
            "name": account.display_name,
            "role": account.role,
            "version": account.session_version,
            "aud": _AUDIENCE,
            "iat": now,
            "exp": now + self.lasts,
        }
        return jwt.encode(claims, self.key, algorithm="HS256")

    def read(self, value: str) -> dict[str, Any] | None:
        """Returns the claims of a login that still holds, else None."""
        try:
            claims: dict[str, Any] = jwt.decode(
                value,
                self.key,
                algorithms=["HS256"],
                audience=_AUDIENCE,
                options={"require": _REQUIRED, "enforce_minimum_key_length": True},
            )
        except jwt.InvalidTokenError:
            return None
        account = find_account(self.accounts_path, claims["sub"])
        if account is None or account.session_version != claims["version"]:
            return None
        if not self.may_enter(account):
            return None
        return claims | {"teams": account.teams, "tutor_id": account.tutor_id}

    def may_enter(self, account: Account) -> bool:
        """Returns whether a login of `account` counts; those of tutors are switched on later."""
        return account.role != "tutor" or (self.tutors_may_enter and bool(account.tutor_id))

    def people(self) -> dict[str, str]:
        """Returns the names to show of all who look after tutors, by username."""
        accounts = list_accounts(self.accounts_path)
        return {
            account.username: account.display_name
            for account in accounts
            if account.role in ACTING_ROLES
        }

    def set_on(self, response: Response, account: Account, now: datetime) -> None:
        """Logs `account` in on the browser that gets `response`.

        Raises:
            NotAllowed: it is of a tutor, and they may not come in.
        """
        if not self.may_enter(account):
            raise NotAllowed(
                "Tutors cannot see their own page yet. Whoever runs the workbench can let them: "
                "WORKBENCH_TUTOR_LOGIN, and workbench user tutor."
            )
        response.set_cookie(
            COOKIE,
            self.issue(account, now),
            max_age=int(self.lasts.total_seconds()),
            path="/",
            httponly=True,
            samesite="lax",
            secure=self.is_secure,
        )
