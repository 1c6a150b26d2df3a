"""Time zones by name."""

from __future__ import annotations

from zoneinfo import ZoneInfo


def known_zone(name: str) -> str:
    """Returns `name`.

    Raises:
        ValueError: there is no such zone.
    """
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("must be an IANA zone such as America/Chicago") from None
    return name
