"""What lists and errors come in."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel, Field

Item = TypeVar("Item")


class ListOut(BaseModel, Generic[Item]):
    """One page of a list, and which published set it was read from."""

    items: list[Item]
    total: int = Field(description="rows in the whole list")
    limit: int
    offset: int
    next: str | None = Field(description="cursor of the next page; null on the last one")
    as_of: datetime = Field(description="the moment windows and decay count from")
    published: int = Field(description="number of the published set")


class ProblemOut(BaseModel):
    """An error (RFC 9457); `detail` says what to do next."""

    type: str
    title: str
    status: int
    detail: str
