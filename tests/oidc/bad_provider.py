"""A small HTTP server that answers as an OpenID Connect provider, and signs what none should."""

from __future__ import annotations

import base64
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from tests.oidc.glewlwyd import CLIENT_ID

Claims = dict[str, Any]
CODE = "the code of this login"
NOW = datetime(2026, 11, 22, 16, tzinfo=UTC)
PERSON = {"sub": "7", "email": "dana@company.example", "email_verified": True, "name": "Dana"}


@dataclass
class BadProvider:
    """What the server tells; tests change it before the workbench asks."""

    url: str
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first"}))
    metadata: Claims = field(default_factory=dict)
    claims: Claims = field(default_factory=dict)
    userinfo: Claims = field(default_factory=dict)
    token: Claims = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    seconds: float = 0
    asked: list[tuple[str, Claims]] = field(default_factory=list)

    def sign(self, claims: Claims, key: RSAKey | None = None) -> str:
        """Returns an ID token as a good provider signs it."""
        key = key or self.key
        return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)

    def sign_with_public_key(self, claims: Claims) -> str:
        """Returns one signed with HMAC, whose key is what everybody may read."""
        parts = [{"alg": "HS256", "kid": "first"}, claims]
        text = ".".join(packed(json.dumps(part).encode()) for part in parts)
        secret = self.key.as_pem(private=False)
        return f"{text}.{packed(hmac.digest(secret, text.encode(), 'sha256'))}"

    def answer(self, path: str) -> Claims:
        """Returns what is at `path`."""
        time.sleep(self.seconds)
        if path == "/.well-known/openid-configuration":
            places = {"authorization": "auth", "token": "token", "userinfo": "userinfo"}
            addresses = {f"{name}_endpoint": f"{self.url}/{at}" for name, at in places.items()}
            keys = {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}
            return addresses | keys | self.metadata
        if path == "/keys":
            return dict(KeySet([self.key]).as_dict())
        return {"/token": self.token, "/userinfo": self.userinfo}[path]


def packed(content: bytes) -> str:
    """Returns `content` as tokens have it: URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def good_claims(provider: BadProvider, nonce: str) -> Claims:
    """Returns what a good provider tells about Dana."""
    now = int(time.time())
    times = {"iat": now, "exp": now + 300}
    return PERSON | times | {"iss": provider.url, "aud": CLIENT_ID, "nonce": nonce}


@contextmanager
def bad_provider() -> Iterator[BadProvider]:
    """Gives a server on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            self._reply({name: values[0] for name, values in parse_qs(body).items()})

        def _reply(self, form: Claims) -> None:
            told.asked.append((self.path, form))
            content = json.dumps(told.answer(self.path)).encode()
            self.send_response(told.statuses.get(self.path, 200))
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told = BadProvider(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()
