"""Who asks: a person with a login, or an API client with a token."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Caller:
    """Who asks; `is_browser` tells a login cookie from a token."""

    username: str
    display_name: str
    role: str
    is_browser: bool
