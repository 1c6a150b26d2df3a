"""Reads what a server sent: an answer that keeps to the schema, or a reason, and what it cost.

Servers are not trusted: every field may be missing or of another kind, and nothing of what does not
fit is repeated anywhere.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from flows.reviews.grader import Answer, Graded, NotGraded, Reason, Usage
from flows.reviews.prices import Prices

Body = dict[str, Any]


def body_of(text: str) -> Body:
    """Returns the JSON object in `text`, an empty one if there is none."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def read_response(body: Body, prices: Prices, most_usd: float) -> Graded | NotGraded:
    """Returns what a body of `/v1/responses` says; without usage it costs `most_usd`."""
    used = _part(body, "usage")
    cached = _part(used, "input_tokens_details").get("cached_tokens")
    usage = _usage(used, ("input_tokens", "output_tokens"), cached, prices, most_usd)
    parts = [part for item in _list(body, "output") for part in _list(item, "content")]
    if body.get("status") == "incomplete":
        reason = _part(body, "incomplete_details").get("reason")
        return NotGraded("refused" if reason == "content_filter" else "cut_off", usage)
    if any(part.get("type") == "refusal" for part in parts):
        return NotGraded("refused", usage)
    texts = [part.get("text") for part in parts if part.get("type") == "output_text"]
    return _read(texts[0] if len(texts) == 1 else None, usage)


def read_completion(body: Body, prices: Prices, most_usd: float) -> Graded | NotGraded:
    """Returns what a body of `/v1/chat/completions` says; without usage it costs `most_usd`."""
    used = _part(body, "usage")
    cached = _part(used, "prompt_tokens_details").get("cached_tokens")
    usage = _usage(used, ("prompt_tokens", "completion_tokens"), cached, prices, most_usd)
    choice = next(iter(_list(body, "choices")), {})
    message, reason = _part(choice, "message"), choice.get("finish_reason")
    if message.get("refusal") or reason == "content_filter":
        return NotGraded("refused", usage)
    if reason == "length":
        return NotGraded("cut_off", usage)
    return _read(message.get("content"), usage)


def _read(text: object, usage: Usage) -> Graded | NotGraded:
    if isinstance(text, str):
        try:
            return Graded(Answer.model_validate_json(text, strict=True), usage)
        except (ValidationError, RecursionError):
            pass
    return NotGraded("nonsense", usage)


def failure(status: object) -> Reason:
    """Returns the reason that an HTTP status stands for."""
    if status == 429:
        return "limited"
    if isinstance(status, int) and 400 <= status < 500:
        return "denied"
    return "failed"


def _usage(
    used: Body, names: tuple[str, str], cached: object, prices: Prices, most_usd: float
) -> Usage:
    counts = [_count(used.get(name)) for name in names]
    if None in counts:
        return Usage(usd=most_usd)
    return prices.usage(counts[0] or 0, _count(cached) or 0, counts[1] or 0)


def _count(value: object) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9
    return value if is_count and isinstance(value, int) else None


def _part(body: Body, name: str) -> Body:
    part = body.get(name)
    return part if isinstance(part, dict) else {}


def _list(body: Body, name: str) -> list[Body]:
    items = body.get(name)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
