"""Servers to compare ingest with: `python -m bench.ingest_server none|bare PORT`.

`none` is ingest with a journal that forgets, `bare` an ASGI application that just answers.
"""

from __future__ import annotations

import sys
from typing import Any
from unittest.mock import patch

import uvicorn
from starlette.types import Receive, Scope, Send

from ingest.app import create_app
from ingest.batches import Batch, Receipt
from ingest.journal import Journal


async def append_nowhere(_: Journal, batch: Batch) -> Receipt:
    return Receipt(len(batch.entries))


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 202, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}"})


def main() -> None:
    name, port = sys.argv[1], int(sys.argv[2])
    options: dict[str, Any] = {"port": port, "access_log": False, "log_level": "warning"}
    options["server_header"] = False
    if name == "bare":
        uvicorn.run(bare, lifespan="off", **options)
    else:
        with patch.object(Journal, "append", append_nowhere):
            uvicorn.run(create_app(), **options)


if __name__ == "__main__":
    main()
