"""Example answers about who asks."""

from __future__ import annotations

from api.examples.common import Json

ME: Json = {
    "username": "rails",
    "display_name": "rails",
    "role": None,
    "scopes": ["marts:read"],
    "expires_at": "2026-12-22T16:00:00Z",
}
