"""What can go wrong with a login at the provider, in words for the person who wanted in.

Nothing here repeats what the provider or the browser sent: only the `reason` is logged.
"""

from __future__ import annotations

from joserfc import errors as jose

from core.errors import WorkbenchError

_TELL = "Try again; if it stays, tell whoever runs the workbench: "


class LoginFailed(WorkbenchError):
    """Raised when a login at the provider ends without one; `reason` is for the log."""

    status = 403
    title = "You are not logged in"

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class ProviderFailed(LoginFailed):
    """Raised when the provider does not answer, or not as it should."""

    status = 502
    title = "The login service did not help"


class ProviderDown(ProviderFailed):
    status = 503
    title = "The login service does not answer"
    retry_after_seconds = 5


def start_again() -> LoginFailed:
    return LoginFailed(
        "state", "This login began in another browser, or too long ago. Start it again from here."
    )


def denied() -> LoginFailed:
    return LoginFailed("denied", "The login was broken off at the login service.")


def down() -> ProviderDown:
    return ProviderDown("down", "It is down, slow, or out of reach. Try again in a minute.")


def odd_answer(reason: str, what: str) -> ProviderFailed:
    return ProviderFailed(reason, f"{_TELL}{what}.")


def refused_code(code: str) -> ProviderFailed:
    """Returns what to tell when the provider does not take the code; `code` is an OAuth error."""
    if code in ("invalid_client", "unauthorized_client"):
        return odd_answer("client", "the login service does not know this workbench or its secret")
    return odd_answer("code", "the login service did not take its own answer back")


def bad_token(error: Exception) -> ProviderFailed:
    """Returns what to tell when an ID token must not be believed."""
    for kinds, reason, what in _BAD_TOKENS:
        if isinstance(error, kinds):
            return odd_answer(reason, what)
    reason = getattr(error, "claim", "unreadable")
    return odd_answer(str(reason), _BAD_CLAIMS.get(str(reason), "its token cannot be read"))


_FORGED = (jose.BadSignatureError, jose.InvalidKeyIdError, jose.MissingKeyError)
_BAD_TOKENS: list[tuple[tuple[type[Exception], ...], str, str]] = [
    ((jose.UnsupportedAlgorithmError,), "algorithm", "its token is signed in a way we do not take"),
    (_FORGED, "signature", "its token is not signed by a key of the login service"),
    ((jose.ExpiredTokenError,), "expired", "its token has expired, or the clocks differ"),
]
_BAD_CLAIMS = {
    "iss": "its token comes from another login service",
    "aud": "its token is meant for another application",
    "azp": "its token is meant for another application",
    "nonce": "its token belongs to another login",
    "iat": "its token is of the future: the clocks differ",
    "nbf": "its token is of the future: the clocks differ",
    "exp": "its token does not say when it ends",
    "sub": "its token does not say whom it is about",
    "at_hash": "its two tokens do not belong together",
}
