"""Glewlwyd, an OpenID Connect server of Debian's: on a free port, in a folder of its own."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives import serialization as pem
from cryptography.hazmat.primitives.asymmetric import rsa

from bench.system import free_port, wait_until

CLIENT_ID, CLIENT_SECRET = "workbench", "the secret of the workbench"
PASSWORD = "a password at the provider"
_SCHEMA = Path("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3")
_SHARE = Path("/usr/share/glewlwyd")
_MODULES = {
    "user_module_path": "user",
    "user_middleware_module_path": "user_middleware",
    "client_module_path": "client",
    "user_auth_scheme_module_path": "scheme",
    "plugin_module_path": "plugin",
}
_MIME = {".html": "text/html", ".css": "text/css", ".js": "application/javascript"}
_MIME |= {".json": "application/json"}
_VERIFIED = {"type": "boolean", "boolean-value-true": "yes", "boolean-value-false": "no"}
_CLAIM = {"mandatory": True, "on-demand": False, "scope": []}


@dataclass(frozen=True)
class Glewlwyd:
    """A running server whose people may log in at the workbenches that are at `homes`."""

    url: str
    homes: list[str]
    admin: httpx.Client

    @property
    def issuer(self) -> str:
        return f"{self.url}/api/oidc"

    def add_person(self, name: str, *, verified: bool = True) -> str:
        """Returns the new person's email address; it is what they type to log in, too."""
        email = f"{name}@company.example"
        person = {"username": email, "name": name.title(), "email": email, "password": PASSWORD}
        person |= {"verified": "yes" if verified else "no"}
        _ok(self.admin.post("/user/", json=person | {"scope": ["openid"], "enabled": True}))
        with httpx.Client(base_url=f"{self.url}/api") as own:  # agrees that we may know the person
            _ok(own.post("/auth/", json={"username": email, "password": PASSWORD}))
            _ok(own.put(f"/auth/grant/{CLIENT_ID}", json={"scope": "openid"}))
        return email

    def rotate_keys(self) -> None:
        """Gives the server a new key and forgets the old one."""
        plugin = self.admin.get("/mod/plugin/oidc").json()
        plugin["parameters"] |= _key_pair()
        _ok(self.admin.put("/mod/plugin/oidc", json=plugin))
        _ok(self.admin.put("/mod/plugin/oidc/reset/"))


@contextmanager
def glewlwyd(folder: Path, homes: list[str]) -> Iterator[Glewlwyd]:
    """Gives a server with nobody in it; it is stopped at the end."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with closing(sqlite3.connect(folder / "glewlwyd.sqlite")) as store:
        store.executescript(_SCHEMA.read_text())
    _copy_pages(folder / "pages")
    (folder / "glewlwyd.conf").write_text(_configuration(folder, port, url))
    with (folder / "log").open("wb") as log:
        command = ["glewlwyd", "--config-file", str(folder / "glewlwyd.conf")]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        wait_until(lambda: _answers(url), 30, "an answer of glewlwyd")
        with httpx.Client(base_url=f"{url}/api") as admin:
            server = Glewlwyd(url, homes, admin)
            _set_up(server)
            yield server
    finally:
        process.terminate()
        process.wait(timeout=20)


def _copy_pages(to: Path) -> None:
    # in Debian's package config.json is a folder that holds the file, and its pages stay empty
    for page in (_SHARE / "webapp").rglob("*.*"):
        if page.is_file():
            copy = to / page.relative_to(_SHARE / "webapp")
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(page.read_bytes())
    shutil.copy(_SHARE / "templates" / "config.json", to / "config.json")


def _configuration(folder: Path, port: int, url: str) -> str:
    values: dict[str, Any] = {"external_url": url, "bind_address": "127.0.0.1"}
    values |= {"login_url": "login.html", "api_prefix": "api", "cookie_domain": "127.0.0.1"}
    values |= {"static_files_path": f"{folder / 'pages'}/", "log_mode": "console"}
    values |= {"log_level": "WARNING", "session_key": "GLEWLWYD"}
    values |= {name: f"/usr/lib/glewlwyd/{path}" for name, path in _MODULES.items()}
    lines = [f'{name} = "{value}"' for name, value in values.items()]
    kinds = ", ".join(
        f'{{ extension = "{ending}" mime_type = "{kind}" compress = 0 }}'
        for ending, kind in _MIME.items()
    )
    store = folder / "glewlwyd.sqlite"
    lines += [f"port = {port}", "cookie_secure = 0", f"static_files_mime_types = ({kinds})"]
    return "\n".join([*lines, f'database = {{ type = "sqlite3" path = "{store}" }};'])


def _answers(url: str) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(f"{url}/config").is_success
    return False


def _ok(answer: httpx.Response) -> None:
    assert answer.is_success, f"{answer.request.url}: {answer.text}"


def _set_up(server: Glewlwyd) -> None:
    # what a new database of glewlwyd knows: one admin, with this password
    _ok(server.admin.post("/auth/", json={"username": "admin", "password": "password"}))
    _keep("user", server, {"verified": False})
    _keep("client", server, {"post_logout_redirect_uris": True})
    plugin = {"module": "oidc", "name": "oidc", "display_name": "OpenID Connect"}
    _ok(server.admin.post("/mod/plugin/", json=plugin | {"parameters": _plugin(server)}))
    client = {"client_id": CLIENT_ID, "name": "Tutor Workbench", "confidential": True}
    client |= {"client_secret": CLIENT_SECRET, "enabled": True, "scope": []}
    client |= {"redirect_uri": [f"{home}/login/oidc/callback" for home in server.homes]}
    client |= {"post_logout_redirect_uris": [f"{home}/login" for home in server.homes]}
    client |= {"token_endpoint_auth_method": ["client_secret_basic"]}
    _ok(server.admin.post("/client/", json=client | {"authorization_type": ["code"]}))


def _keep(kind: str, server: Glewlwyd, properties: dict[str, bool]) -> None:
    # glewlwyd drops what it was not told to keep; the value says whether there may be several
    module = server.admin.get(f"/mod/{kind}/database").json()
    module["parameters"]["data-format"] |= {
        name: {"multiple": multiple, "read": True, "write": True}
        for name, multiple in properties.items()
    }
    _ok(server.admin.put(f"/mod/{kind}/database", json=module))
    _ok(server.admin.put(f"/mod/{kind}/database/reset/"))


def _plugin(server: Glewlwyd) -> dict[str, Any]:
    off = ("token", "password", "client", "device", "refresh")
    verified = {"name": "email_verified", "user-property": "verified"} | _VERIFIED | _CLAIM
    return _key_pair() | {
        "iss": server.issuer,
        "jwt-type": "rsa",
        "jwt-key-size": "256",
        "jwks-show": True,
        "access-token-duration": 3600,
        "refresh-token-duration": 3600,
        "code-duration": 600,
        "refresh-token-rolling": False,
        "auth-type-code-enabled": True,
        "auth-type-id-token-enabled": True,
        **{f"auth-type-{name}-enabled": False for name in off},
        "pkce-allowed": True,
        "pkce-required": True,
        "session-management-allowed": True,
        "front-channel-logout-allowed": True,
        "session-cookie-name": "GLEWLWYD_OIDC",
        "session-cookie-expiration": 3600,
        "subject-type": "public",
        "name-claim": "mandatory",
        "email-claim": "mandatory",
        "claims": [verified],
        "allowed-scope": ["openid"],
    }


def _key_pair() -> dict[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        pem.Encoding.PEM, pem.PrivateFormat.PKCS8, pem.NoEncryption()
    ).decode()
    public = key.public_key().public_bytes(pem.Encoding.PEM, pem.PublicFormat.SubjectPublicKeyInfo)
    return {"key": private, "cert": public.decode()}
