"""The page at /docs: one plain HTML text made from the OpenAPI document, without scripts."""

from __future__ import annotations

import json
from html import escape
from typing import Any

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root {{ color-scheme: light dark }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem }}
pre {{ overflow-x: auto; padding: .8rem; border: 1px solid #8886; border-radius: .4rem }}
table {{ border-collapse: collapse; width: 100% }}
td, th {{ text-align: left; vertical-align: top; padding: .25rem .8rem .25rem 0;
  border-bottom: 1px solid #8884; overflow-wrap: anywhere }}
</style>
<h1>{title}</h1>
<p>{description}</p>
<p>The same as <a href="/openapi.json">OpenAPI document</a>. Times are RFC 3339 with an offset.</p>
{operations}
</html>
"""
_OPERATION = """<h2 id="{id}">{method} {path}</h2>
<p>{summary}</p>
{try_it}
<h3>Parameters</h3>{parameters}
<h3>Fields</h3>{fields}
<h3>Answers</h3>{answers}
"""


def render_docs(document: dict[str, Any]) -> str:
    """Returns the HTML page that describes every operation of `document` that takes a body."""
    operations = "".join(
        _operation(document, path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if "requestBody" in operation
    )
    info = document["info"]
    return _PAGE.format(
        title=escape(info["title"]),
        description=escape(info["description"]),
        operations=operations,
    )


def _operation(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> str:
    content = operation["requestBody"]["content"]["application/json"]
    answers = [(code, answer["description"]) for code, answer in operation["responses"].items()]
    parameters = [(item["name"], item["description"]) for item in operation["parameters"]]
    return _OPERATION.format(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=escape(operation["summary"]),
        try_it=_curl(path, content["example"]),
        parameters=_table(parameters),
        fields=_table(_fields(document["components"]["schemas"], content["schema"])),
        answers=_table(answers),
    )


def _curl(path: str, example: dict[str, Any]) -> str:
    command = (
        f'curl -sS "$INGEST_URL{path}" \\\n  -H "Authorization: Bearer $TOKEN" \\\n'
        f"  -H 'Content-Type: application/json' \\\n  -d '{json.dumps(example, indent=2)}'"
    )
    return f"<pre>{escape(command)}</pre>"


def _fields(schemas: dict[str, Any], body: dict[str, Any]) -> list[tuple[str, str]]:
    model = schemas[body["oneOf"][0]["$ref"].rsplit("/", 1)[-1]]
    required = set(model["required"])
    return [
        (name, ("required; " if name in required else "") + _words(field))
        for name, field in model["properties"].items()
    ]


def _words(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        kind = " or ".join(_words(choice) for choice in field["anyOf"])
    elif "enum" in field:
        kind = "one of " + ", ".join(field["enum"])
    else:
        kind = field.get("format") or field.get("type") or field["$ref"].rsplit("/", 1)[-1]
    note = field.get("description")
    return f"{kind}; {note}" if note else kind


def _table(rows: list[tuple[str, str]]) -> str:
    cells = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in rows
    )
    return f"<table>{cells}</table>"
