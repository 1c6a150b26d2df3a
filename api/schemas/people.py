"""Who asks."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from api.schemas.words import Role


class MeOut(BaseModel):
    username: str = Field(description="of a token, its subject")
    display_name: str
    role: Role | None = Field(description="of a person; null for a token")
    scopes: list[str] | None = Field(description="of a token; null for a person")
    expires_at: datetime | None = Field(description="when the token ends; null for a person")
