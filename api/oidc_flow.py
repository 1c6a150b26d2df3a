"""What one login at the provider must come back with: kept in the browser, signed, for minutes."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import jwt
from starlette.responses import Response

FLOW_COOKIE = "workbench_oidc"
FLOW_PATH = "/login/oidc"
_AUDIENCE = "tutor-workbench-oidc"
_LASTS = timedelta(minutes=10)
_LONGEST_NEXT = 2_000  # a browser keeps 4,096 bytes of a cookie


@dataclass(frozen=True)
class Flow:
    """One login on its way: `state` and `nonce` tie the answers to it, `verifier` is PKCE's."""

    state: str
    nonce: str
    verifier: str
    next: str

    @classmethod
    def start(cls, next_path: str) -> Flow:
        """Returns a new one that leads on to `next_path`, a path of this site."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, next_path if len(next_path) <= _LONGEST_NEXT else "/")


@dataclass(frozen=True)
class FlowCookie:
    """Keeps a flow in the browser that began it; nothing of it is kept here."""

    key: str
    is_secure: bool

    def set_on(self, response: Response, flow: Flow, now: datetime) -> None:
        """Gives `flow` to the browser that gets `response`."""
        claims = asdict(flow) | {"aud": _AUDIENCE, "iat": now, "exp": now + _LASTS}
        response.set_cookie(
            FLOW_COOKIE,
            jwt.encode(claims, self.key, algorithm="HS256"),
            max_age=int(_LASTS.total_seconds()),
            path=FLOW_PATH,
            httponly=True,
            samesite="lax",
            secure=self.is_secure,
        )

    def read(self, value: str, state: str) -> Flow | None:
        """Returns the flow that `state` belongs to, else None: too old, not ours, another one's."""
        try:
            claims = jwt.decode(
                value,
                self.key,
                algorithms=["HS256"],
                audience=_AUDIENCE,
                options={"require": ["exp", "state", "nonce", "verifier", "next"]},
            )
        except jwt.InvalidTokenError:
            return None
        flow = Flow(*(claims[name] for name in ("state", "nonce", "verifier", "next")))
        is_ours = secrets.compare_digest(flow.state.encode(), state.encode())
        return flow if is_ours else None
