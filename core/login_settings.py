"""Settings of logins: how long they last, by password or by OpenID Connect, and who gets in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from core.errors import CannotStart
from core.hosts import is_loopback

if TYPE_CHECKING:
    from core.settings import Settings

Role = Literal["admin", "coach", "analyst", "tutor"]
_TOGETHER = ("oidc_issuer", "oidc_client_id", "oidc_client_secret")


class LoginSettings(BaseSettings):
    """What `Settings` has about logins."""

    session_hours: int = Field(8, ge=1, le=24, description="how long a login lasts")
    tutor_login: bool = Field(False, description="on: tutors may log in and see themselves")
    password_login: bool = Field(True, description="off: only the login service lets people in")

    oidc_issuer: str | None = Field(None, description="address of the OpenID Connect provider")
    oidc_client_id: str | None = Field(None, description="what the provider calls us")
    oidc_client_secret: SecretStr | None = Field(None, description="what the provider knows us by")
    oidc_name: str = Field("your company account", description="Log in with …, on the button")
    oidc_scopes: str = Field("openid profile email", description="what the provider is asked for")
    oidc_username_claim: str = Field("email", description="the claim that is the username here")
    oidc_trust_email: bool = Field(False, description="takes an email that nobody verified")
    oidc_role_claim: str | None = Field(None, description="the claim that tells roles, as groups")
    oidc_roles: dict[str, Role] = Field({}, description="value of that claim to role here")


def refuse_half_logins(settings: Settings) -> None:
    """Raises CannotStart when nobody could log in, or somebody could who should not."""
    if not settings.password_login and not settings.oidc_issuer:
        raise CannotStart("WORKBENCH_PASSWORD_LOGIN is off: set WORKBENCH_OIDC_ISSUER too.")
    missing = [f"WORKBENCH_{name.upper()}" for name in _TOGETHER if not getattr(settings, name)]
    if missing and len(missing) < len(_TOGETHER):
        raise CannotStart(f"Login by OpenID Connect is half set up: set {', '.join(missing)} too.")
    if not missing:
        _refuse_unsafe_provider(settings)


def _refuse_unsafe_provider(settings: Settings) -> None:
    if not is_safe_issuer(settings.oidc_issuer or ""):
        raise CannotStart(
            "WORKBENCH_OIDC_ISSUER must be an https:// address without query, as the provider's "
            "openid-configuration has it; http:// only on this machine."
        )
    if "openid" not in settings.oidc_scopes.split():
        raise CannotStart("WORKBENCH_OIDC_SCOPES must name openid.")
    if bool(settings.oidc_role_claim) != bool(settings.oidc_roles):
        raise CannotStart("WORKBENCH_OIDC_ROLE_CLAIM and WORKBENCH_OIDC_ROLES belong together.")


def is_safe_issuer(address: str) -> bool:
    """Returns whether nobody on the way can read or change what goes to this address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    is_plain = not (parts.query or parts.fragment or parts.username or parts.password)
    is_private = parts.scheme == "https" or (
        parts.scheme == "http" and is_loopback(parts.hostname or "")
    )
    return bool(is_plain and is_private and parts.hostname)
