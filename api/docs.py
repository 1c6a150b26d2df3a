"""The page at /docs: every operation of the OpenAPI document, read without a line of script."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from api.caller import Caller
from api.html import frame

_INTRO = (
    "<p>Send a token as <code>Authorization: Bearer …</code>; make one with "
    "<code>workbench token --scope marts:read</code>. In a browser your login is enough. "
    "Every answer carries an ETag of the published set: send it back as "
    "<code>If-None-Match</code> and get 304 while nothing new is published. "
    "Errors are <code>application/problem+json</code>; their <code>detail</code> says what to do "
    'next. The document for machines: <a href="/openapi.json">/openapi.json</a>.</p>'
)


def docs_page(document: dict[str, Any], *, caller: Caller | None, is_demo: bool) -> str:
    """Returns the page that lists the operations of an OpenAPI `document`."""
    operations = [
        _operation(path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    heading = f"<h1>{escape(document['info']['title'])}</h1>"
    body = f"<main>{heading}{_INTRO}{''.join(operations)}</main>"
    return frame("API", body, caller=caller, is_demo=is_demo)


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    return (
        f'<section class="card operation"><h3><code>{method.upper()} {escape(path)}</code></h3>'
        f"<p>{escape(operation.get('description', operation['summary']))}</p>"
        f"{_parameters(operation.get('parameters', []))}{_example(operation)}</section>"
    )


def _parameters(parameters: list[dict[str, Any]]) -> str:
    rows = "".join(
        f"<dt>{escape(each['name'])}</dt><dd>{escape(_meaning(each))}</dd>"
        for each in parameters
        if each["in"] != "cookie"
    )
    return f"<dl>{rows}</dl>" if rows else ""


def _meaning(parameter: dict[str, Any]) -> str:
    schema = parameter["schema"]
    kinds = [schema, *schema.get("anyOf", [])]
    choices = [str(choice) for kind in kinds for choice in kind.get("enum", [])]
    default = f"default {schema['default']}" if schema.get("default") is not None else ""
    words = [parameter.get("description", ""), ", ".join(choices), default]
    return "; ".join(word for word in words if word) or "required"


def _example(operation: dict[str, Any]) -> str:
    good = next(answer for status, answer in operation["responses"].items() if status[0] == "2")
    example = next(each["example"] for each in good["content"].values() if "example" in each)
    is_text = isinstance(example, str)
    text = example if is_text else json.dumps(example, indent=2, ensure_ascii=False)
    return f"<details><summary>Example</summary><pre>{escape(text)}</pre></details>"
