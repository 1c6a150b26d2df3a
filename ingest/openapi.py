"""The OpenAPI document, made from the contract's own models, and a page that shows it."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema
from starlette.responses import HTMLResponse, Response

from ingest.body import NDJSON
from ingest.docs_page import render_docs
from ingest.records import KINDS, Kind

EXAMPLES: dict[str, dict[str, Any]] = {
    "sessions": {
        "session_id": "018f3a52-7c1e-7b1a-9d55-2f6f4a1c0e11",
        "version": 1,
        "tutor_id": "tutor-204",
        "student_id": "student-9313",
        "status": "completed",
        "scheduled_start": "2026-11-22T16:00:00-05:00",
        "scheduled_end": "2026-11-22T17:00:00-05:00",
        "tutor_joined_at": "2026-11-22T15:58:30-05:00",
        "tutor_left_at": "2026-11-22T17:01:00-05:00",
        "student_joined_at": "2026-11-22T16:00:10-05:00",
        "student_left_at": "2026-11-22T17:00:40-05:00",
        "time_zone": "America/New_York",
        "student_rating": 5,
    },
    "tutors": {
        "tutor_id": "tutor-204",
        "version": 1,
        "display_name": "R. Alvarez",
        "started_on": "2025-02-03",
        "subjects": ["algebra", "physics"],
        "time_zone": "America/Chicago",
    },
    "flag-actions": {
        "action_id": "action-77",
        "flag_id": "tutor-204|attendance|2026-11-20",
        "action": "acknowledge",
        "agrees": True,
        "note": "Spoke with the tutor on Friday.",
    },
}
_ABOUT = {
    "sessions": "Post sessions. One id and version is stored once, for ever, so send the same "
    "again after 503, 507 or no answer. A higher version corrects a lower one.",
    "tutors": "Post tutor profiles, as they are from this version on.",
    "flag-actions": "Post what a person did about a flag. Actions are only ever added.",
}
_ERRORS = {
    "400": "The body cannot be read; nothing is stored.",
    "401": "No valid token. Make one with: workbench token --scope ingest:write",
    "403": "The token lacks the scope ingest:write.",
    "409": "The id and version are stored with other content.",
    "413": "Too many bytes or records in one request.",
    "415": "Content type or encoding is not read here.",
    "422": "No record is valid, or not every one with handling=strict.",
    "429": "This sender asks too often; wait Retry-After seconds, send more in one request.",
    "503": "Not now; send the same again after Retry-After seconds.",
    "507": "The disk is full; send the same again after Retry-After seconds.",
}
# What a header may say; of the others any text is taken, and what says nothing here is passed over.
_TEXTS: dict[str, dict[str, Any]] = {
    "Content-Encoding": {"enum": ["gzip", "identity"]},
    "Idempotency-Key": {"minLength": 1, "maxLength": 255, "pattern": r"^[ -~]+$"},
}
_KEY = (
    "The same key with the same body hears the same answer for seven days, with "
    "Idempotent-Replayed: true; with another body it is a 422."
)
_SIGNED = (
    "With webhook-timestamp and webhook-signature instead of a token: signed by Standard Webhooks "
    "over the body as it is sent."
)


def add_documentation(app: FastAPI) -> None:
    """Adds `/openapi.json` and `/docs`; the page asks nothing of any other host."""
    document = _document(app)
    app.openapi = lambda: document  # type: ignore[method-assign]
    page = render_docs(document)

    async def docs(_: Request) -> Response:
        return HTMLResponse(page)

    app.add_route("/docs", docs, methods=["GET"])


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title, version="1", routes=app.routes, description=_description()
    )
    models = [(kind.model, "validation") for kind in KINDS.values()]
    _, schemas = models_json_schema(models, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    document["components"] = {
        "schemas": schemas["$defs"]
        | {"RowError": _row_error_schema(), "Problem": _problem_schema()},
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            "signature": {"type": "apiKey", "in": "header", "name": "webhook-signature"},
        },
    }
    document["paths"] |= {f"/v1/{kind.name}": {"post": _operation(kind)} for kind in KINDS.values()}
    document["paths"] |= {"/healthz": _check("up"), "/readyz": _check("ready for records")}
    return document


def _description() -> str:
    return (
        "A 202 means: on disk, synced, before the answer left. No answer means: unknown, so send "
        "the same again; what was stored before counts as a duplicate."
    )


def _operation(kind: Kind) -> dict[str, Any]:
    return {
        "operationId": f"post_{kind.name.replace('-', '_')}",
        "summary": _ABOUT[kind.name],
        "security": [{"token": []}, {"signature": []}],
        "parameters": _parameters(),
        "requestBody": {"required": True, "content": _request_content(kind)},
        "responses": {
            "200": {"description": "A dry run: what would happen.", "content": _outcome(kind)},
            "202": {"description": "Stored now or before.", "content": _outcome(kind)},
            **{status: _problem_response(text) for status, text in _ERRORS.items()},
        },
    }


def _parameters() -> list[dict[str, Any]]:
    flag = {"type": "boolean", "default": False}
    texts = {
        ("query", "backfill"): "Marks history: no letters go out for it.",
        ("query", "dry_run"): "Checks everything and stores nothing.",
        ("header", "Prefer"): "handling=strict stores all records or none.",
        ("header", "Idempotency-Key"): _KEY,
        ("header", "webhook-id"): _SIGNED,
        ("header", "X-Request-Id"): "Comes back in the answer; made when absent.",
        ("header", "Content-Encoding"): "gzip, or absent.",
    }
    return [
        {
            "in": place,
            "name": name,
            "description": text,
            "schema": flag if place == "query" else {"type": "string", **_TEXTS.get(name, {})},
        }
        for (place, name), text in texts.items()
    ]


def _request_content(kind: Kind) -> dict[str, Any]:
    one = {"$ref": f"#/components/schemas/{kind.model.__name__}"}
    example = EXAMPLES[kind.name]
    content: dict[str, Any] = {
        "application/json": {
            "schema": {"oneOf": [one, {"type": "array", "items": one, "minItems": 1}]},
            "example": example,
        }
    }
    line = orjson.dumps(example).decode() + "\n"
    return content | {name: {"schema": {"type": "string"}, "example": line} for name in NDJSON}


def _outcome(kind: Kind) -> dict[str, Any]:
    rejected = {"index": _integer(), kind.key: {"type": ["string", "null"]}, "errors": _errors()}
    properties = {
        "accepted": _integer(),
        "duplicates": _integer(),
        "rejected": {"type": "array", "items": _all_of(rejected)},
        "request_id": {"type": "string"},
    }
    return {"application/json": {"schema": _all_of(properties)}}


def _integer() -> dict[str, Any]:
    return {"type": "integer", "minimum": 0}


def _errors() -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": "#/components/schemas/RowError"}}


def _row_error_schema() -> dict[str, Any]:
    return _all_of({name: {"type": "string"} for name in ("pointer", "code", "detail")})


def _problem_schema() -> dict[str, Any]:
    texts = {name: {"type": "string"} for name in ("type", "title", "detail", "request_id")}
    return _all_of(texts | {"status": _integer()})


def _all_of(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [*properties]}


def _problem_response(text: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": text, "content": {"application/problem+json": {"schema": schema}}}


def _check(what: str) -> dict[str, Any]:
    answers = {"200": {"description": f"This process is {what}."}}
    if what != "up":
        told = {name: _ERRORS[name] for name in ("401", "403", "429")}
        answers |= {"503": {"description": f"This process is not {what}."}}
        answers |= {status: _problem_response(text) for status, text in told.items()}
    return {"get": {"summary": f"Says whether this process is {what}.", "responses": answers}}
