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

    @property
    def may_grade(self) -> bool:
        """Returns whether this person may read what students said, to grade it."""
        return self.is_browser and self.role in ("admin", "coach")
