"""The provider of OpenID Connect: found when first needed, asked for one person's claims."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from api.oidc_errors import ProviderDown, bad_token, down, odd_answer
from api.oidc_flow import Flow
from api.oidc_http import ANSWER_SECONDS, asking, get_json
from core.login_settings import is_safe_issuer

# only what needs the provider's private key: never none, never HMAC with what everybody can read
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
_ALGORITHMS += ["EdDSA", "Ed25519"]
_LEEWAY_SECONDS = 60
_KNOWN_SECONDS = 3_600.0
_DOWN_SECONDS = 3.0
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_OPTIONAL = ("userinfo_endpoint", "end_session_endpoint")


@dataclass(frozen=True)
class Client:
    """What the provider knows of us, and we of it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: str
    redirect_uri: str
    answer_seconds: float = ANSWER_SECONDS


@dataclass(frozen=True)
class _Found:
    """The provider's addresses and keys, as it published them at `at` (monotonic seconds)."""

    metadata: Mapping[str, Any]
    keys: KeySet
    at: float


class Provider:
    """Logs people in at one provider; keeps nothing but the provider's own addresses and keys."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._found: _Found | None = None
        self._was_down_at = -_DOWN_SECONDS
        self._one_at_a_time = asyncio.Lock()

    async def login_url(self, flow: Flow) -> str:
        """Returns where the browser is sent to log in; raises as `asking` does."""
        metadata = (await self._find()).metadata
        async with self._asking(metadata) as http:
            url, _ = http.create_authorization_url(
                metadata["authorization_endpoint"],
                state=flow.state,
                code_verifier=flow.verifier,
                nonce=flow.nonce,
            )
        return str(url)

    async def redeem(self, code: str, flow: Flow) -> dict[str, Any]:
        """Returns the provider's answer to `code`, with an `id_token` that is not checked yet."""
        metadata = (await self._find()).metadata
        async with self._asking(metadata) as http:
            token: dict[str, Any] = await http.fetch_token(
                metadata["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=flow.verifier,
            )
            if not isinstance(token.get("id_token"), str):
                raise ValueError("no ID token")
        return token

    async def check(self, token: dict[str, Any], flow: Flow, now: datetime) -> dict[str, Any]:
        """Returns the claims of an ID token that is genuine, fresh, and an answer to `flow`.

        Raises:
            ProviderFailed: it is not; `reason` says why.
        """
        found = await self._find()
        try:
            return self._claims(token, found.keys, flow, now)
        except (BadSignatureError, InvalidKeyIdError):
            found = await self._find(newer_than=found.at)  # keys are changed now and then
        except (JoseError, ValueError, TypeError, LookupError) as error:
            raise bad_token(error) from None
        try:
            return self._claims(token, found.keys, flow, now)
        except (JoseError, ValueError, TypeError, LookupError) as error:
            raise bad_token(error) from None

    async def more_claims(self, token: dict[str, Any], subject: str) -> dict[str, Any]:
        """Returns what the provider tells about `subject` when asked, if it can be asked."""
        metadata = (await self._find()).metadata
        if not metadata.get("userinfo_endpoint"):
            return {}
        async with self._asking(metadata) as http:
            bearer = {"Authorization": f"Bearer {token['access_token']}"}
            claims = await get_json(http, metadata["userinfo_endpoint"], headers=bearer)
        if claims.get("sub") != subject:
            raise odd_answer("userinfo", "the login service told us about somebody else")
        return claims

    async def logout_url(self, id_token: str, back: str) -> str | None:
        """Returns where the provider's own login is ended, None if it has no such address."""
        try:
            end = (await self._find()).metadata.get("end_session_endpoint")
        except ProviderDown:
            return None
        if not end:
            return None
        query = {"client_id": self._client.client_id, "post_logout_redirect_uri": back}
        query |= {"id_token_hint": id_token} if id_token else {}
        return f"{end}{'&' if '?' in end else '?'}{urlencode(query)}"

    def is_issuer(self, issuer: str | None) -> bool:
        """Returns whether an answer that names its issuer (RFC 9207) is this provider's."""
        return issuer is None or issuer == self._client.issuer

    def _asking(self, metadata: Mapping[str, Any]) -> Any:
        methods = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        by_basic = "client_secret_basic" in methods or "client_secret_post" not in methods
        return asking(
            self._client.answer_seconds,
            client_id=self._client.client_id,
            client_secret=self._client.client_secret,
            scope=self._client.scopes,
            redirect_uri=self._client.redirect_uri,
            token_endpoint_auth_method="client_secret_basic" if by_basic else "client_secret_post",
        )

    def _claims(
        self, token: dict[str, Any], keys: KeySet, flow: Flow, now: datetime
    ) -> dict[str, Any]:
        us = self._client
        registry = JWSRegistry(algorithms=_ALGORITHMS, strict_check_header=False)
        signed = jwt.decode(token["id_token"], keys, registry=registry)
        values = {"iss": us.issuer, "aud": us.client_id}
        must = {name: {"essential": True, "value": value} for name, value in values.items()}
        access = token.get("access_token")
        known = {"nonce": flow.nonce, "client_id": us.client_id, "access_token": access}
        claims = CodeIDToken(signed.claims, signed.header, must, known)
        claims.validate(int(now.timestamp()), _LEEWAY_SECONDS)
        return dict(claims)

    async def _find(self, newer_than: float = -1.0) -> _Found:
        async with self._one_at_a_time:
            now, found = time.monotonic(), self._found
            if found and found.at > newer_than and now - found.at < _KNOWN_SECONDS:
                return found
            if now - self._was_down_at < _DOWN_SECONDS:
                raise down()  # those who waited behind one that got no answer do not wait again
            try:
                self._found = await self._read(now)
            except ProviderDown:
                self._was_down_at = time.monotonic()
                raise
            return self._found

    async def _read(self, now: float) -> _Found:
        issuer = self._client.issuer
        address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        async with asking(self._client.answer_seconds) as http:
            metadata = await get_json(http, address)
            self._refuse_unsafe(metadata)
            published: Any = await get_json(http, metadata["jwks_uri"])
            try:
                return _Found(metadata, KeySet.import_key_set(published), now)
            except JoseError:
                raise odd_answer("keys", "the login service has no keys that we can use") from None

    def _refuse_unsafe(self, metadata: Mapping[str, Any]) -> None:
        if metadata["issuer"] != self._client.issuer:
            raise odd_answer("issuer", "the login service says that it is another one")
        addresses = [metadata[name] for name in _NEEDED]
        addresses += [metadata[name] for name in _OPTIONAL if metadata.get(name)]
        if not all(self._is_safe(address) for address in addresses):
            raise odd_answer("addresses", "the login service has addresses without https")

    def _is_safe(self, address: object) -> bool:
        if not isinstance(address, str):
            return False
        is_local = self._client.issuer.startswith("http://")
        plain = urlsplit(address)._replace(query="", fragment="").geturl()
        return is_safe_issuer(plain) and (is_local or address.startswith("https://"))
