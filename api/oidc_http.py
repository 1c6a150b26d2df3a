"""How the provider is asked: bounded in time and size, and never led elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client

from api.oidc_errors import ProviderFailed, down, odd_answer, refused_code

ANSWER_SECONDS = 10.0  # for all that one step asks of the provider
_CONNECT_SECONDS = 3.0
_LARGEST_ANSWER = 1_000_000  # bytes; metadata, keys and tokens have a few thousand


@asynccontextmanager
async def asking(seconds: float = ANSWER_SECONDS, **client: Any) -> AsyncIterator[Any]:
    """Gives an OAuth client.

    Raises:
        ProviderDown: there was no answer in time.
        ProviderFailed: the answer cannot be used.
    """
    try:
        async with (
            asyncio.timeout(seconds),
            AsyncOAuth2Client(
                **client,
                code_challenge_method="S256",
                timeout=httpx2.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS)),
                follow_redirects=False,
                event_hooks={"response": [_bound]},
            ) as http,
        ):
            yield http
    except OAuthError as error:
        raise refused_code(str(error.error)) from None
    except httpx2.HTTPStatusError as error:
        raise down() if error.response.is_server_error else _unknown() from None
    except (httpx2.InvalidURL, ValueError, TypeError, LookupError):
        raise _unknown() from None
    except (httpx2.HTTPError, TimeoutError):
        raise down() from None


def _unknown() -> ProviderFailed:
    return odd_answer("answer", "the login service answers in a way we do not know")


async def get_json(http: Any, url: str, **options: Any) -> dict[str, Any]:
    """Returns the JSON object at `url`; an error of HTTP, or ValueError, if there is none."""
    answer = await http.request("GET", url, withhold_token=True, **options)
    answer.raise_for_status()
    if not answer.is_success or not isinstance(content := answer.json(), dict):
        raise ValueError("not an object")
    return content


async def _bound(response: httpx2.Response) -> None:
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    response.stream = _Bounded(response.stream)


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._stream:
            size += len(chunk)
            if size > _LARGEST_ANSWER:
                raise ValueError("too large")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()
