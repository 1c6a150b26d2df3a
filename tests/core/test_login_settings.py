"""A login service that is half set up, or that others could listen to, is refused at start."""

from __future__ import annotations

import pytest

from core.errors import CannotStart
from core.login_settings import is_safe_issuer
from core.settings import load_settings

pytestmark = pytest.mark.usefixtures("clean_environment")

WHOLE: dict[str, object] = {
    "oidc_issuer": "https://login.company.example",
    "oidc_client_id": "workbench",
    "oidc_client_secret": "SECRET-7f3a",
}
HALF: list[tuple[dict[str, object], str]] = [
    ({"oidc_issuer": None}, r"set WORKBENCH_OIDC_ISSUER too"),
    ({"oidc_client_id": ""}, r"set WORKBENCH_OIDC_CLIENT_ID too"),
    ({"oidc_client_secret": None}, r"set WORKBENCH_OIDC_CLIENT_SECRET too"),
    ({"oidc_client_secret": ""}, r"set WORKBENCH_OIDC_CLIENT_SECRET too"),
    ({"oidc_issuer": "http://login.company.example"}, r"WORKBENCH_OIDC_ISSUER must be an https"),
    ({"oidc_scopes": "email profile"}, r"WORKBENCH_OIDC_SCOPES must name openid"),
    ({"oidc_role_claim": "groups"}, r"belong together"),
    ({"oidc_roles": {"coaches": "coach"}}, r"belong together"),
]


@pytest.mark.parametrize(("change", "reason"), HALF)
def test_a_login_service_half_set_up_is_refused(change: dict[str, object], reason: str) -> None:
    with pytest.raises(CannotStart, match=reason) as refusal:
        load_settings(**WHOLE | change)
    assert "\n" not in str(refusal.value) and "7f3a" not in str(refusal.value)


def test_a_whole_login_service_is_taken() -> None:
    roles = {"oidc_role_claim": "groups", "oidc_roles": {"coaches": "coach"}}
    assert load_settings(**WHOLE, **roles, password_login=False).oidc_roles == {"coaches": "coach"}


def test_somebody_must_be_able_to_log_in() -> None:
    with pytest.raises(CannotStart, match="WORKBENCH_PASSWORD_LOGIN is off"):
        load_settings(password_login=False)


@pytest.mark.parametrize(
    ("address", "is_safe"),
    [
        ("https://login.example/realms/a", True),
        ("http://127.0.0.1:8090/realms/a", True),
        ("http://localhost:8090", True),
        ("http://[::1]:8090", True),
        ("http://localhost.evil.example", False),
        ("http://127.0.0.1@evil.example", False),
        ("https://user:word@login.example", False),
        ("https://login.example/?tenant=a", False),
        ("https://login.example/#a", False),
        ("https://[", False),
        ("https://", False),
        ("ftp://login.example", False),
        ("login.example", False),
    ],
)
def test_only_addresses_that_nobody_can_listen_to_are_safe(address: str, is_safe: bool) -> None:
    assert is_safe_issuer(address) is is_safe
