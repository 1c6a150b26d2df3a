"""Which account a person of the provider has here, and with which role."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from api.accounts import Account, create_account, find_account, set_role
from api.oidc_errors import LoginFailed
from core.login_settings import Role

# of ASCII only: lower case makes a "k" of the Kelvin sign, and of somebody else Kim
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


@dataclass(frozen=True)
class People:
    """How claims become an account."""

    username_claim: str
    trusts_email: bool
    role_claim: str | None
    roles: dict[str, Role]

    def is_told_by(self, claims: dict[str, Any]) -> bool:
        """Returns whether `claims` tell all that is needed; else the provider is asked for more."""
        needed = [self.username_claim, *([self.role_claim] if self.role_claim else [])]
        return all(_claim(claims, name) is not None for name in needed)

    def account_of(self, path: Path, claims: dict[str, Any], now: datetime) -> Account:
        """Returns the person's account; where claims tell roles, it is made or given its role.

        Raises:
            LoginFailed: the person may not come in; the words say who can change that.
        """
        name = self._username(claims)
        if not self.role_claim:
            return find_account(path, name) or _refuse_unknown(name)
        role = self._role(claims)
        if find_account(path, name) is None:
            shown = claims.get("name")
            create_account(path, name, None, role, now, shown if isinstance(shown, str) else None)
        set_role(path, name, role)
        return find_account(path, name) or _refuse_unknown(name)

    def _username(self, claims: dict[str, Any]) -> str:
        name = _claim(claims, self.username_claim)
        if not (isinstance(name, str) and _NAME.fullmatch(name)):
            raise LoginFailed(
                "username", "The login service does not tell a name for you that can be used here."
            )
        is_email = self.username_claim == "email" and not self.trusts_email
        if is_email and claims.get("email_verified") is not True:
            raise LoginFailed(
                "email", "The login service has not verified your email address. Have it do that."
            )
        return name.lower()

    def _role(self, claims: dict[str, Any]) -> Role:
        told = _claim(claims, str(self.role_claim))
        values = told if isinstance(told, list) else [told]
        for value, role in self.roles.items():
            if value in values:
                return role
        raise LoginFailed(
            "role", "The login service gives you no role here. Ask whoever keeps its groups."
        )


def _refuse_unknown(name: str) -> Account:
    raise LoginFailed(
        "unknown",
        f"Nobody here has the name {name}. Ask an admin for: "
        f"workbench user add {name} --role coach --oidc",
    )


def _claim(claims: dict[str, Any], name: str) -> Any:
    if name in claims:
        return claims[name]
    found: Any = claims  # a.b is b within a, as Keycloak tells realm_access.roles
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found
