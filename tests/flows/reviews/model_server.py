"""A server on this machine that speaks OpenAI's protocol, and every fault of it, over real HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["Handler"], None]
USAGE = {"input_tokens": 1_000, "output_tokens": 200, "total_tokens": 1_200}


@dataclass
class ModelServer:
    """Answers each request with the next of `replies`; the last one stays."""

    replies: list[Reply] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    url: str = ""
    stopping: threading.Event = field(default_factory=threading.Event)

    def say(self, *replies: Reply) -> None:
        self.replies[:] = replies


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    model: ModelServer

    def do_POST(self) -> None:
        self._take()

    def do_GET(self) -> None:
        self._take()

    def do_DELETE(self) -> None:
        self._take()

    def _take(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.model.paths.append(f"{self.command} {self.path}")
        if self.body and self.headers.get("content-type", "").startswith("application/json"):
            self.model.asked.append(json.loads(self.body))
        replies = self.model.replies
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        with suppress(BrokenPipeError, ConnectionResetError):
            reply(self)

    def send(self, status: int, body: bytes, kind: str = "application/json", **more: str) -> None:
        self.send_response(status)
        headers = {"content-type": kind, "content-length": str(len(body))} | more
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *_: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[ModelServer]:
    model = ModelServer()
    handler = type("Bound", (Handler,), {"model": model})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    model.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield model
    finally:
        model.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()


def answers(content: object, **more: Any) -> Reply:
    """Says `content` as a model would: JSON of an answer, or any text, in either protocol."""
    text = content if isinstance(content, str) else json.dumps(content)

    def reply(handler: Handler) -> None:
        make = completion if "chat" in handler.path else response
        handler.send(200, json.dumps(make(text) | more).encode())

    return reply


def response(text: str) -> dict[str, Any]:
    part = {"type": "output_text", "text": text, "annotations": []}
    return _response({"status": "completed", "output": [_message([part])]})


def _response(more: dict[str, Any]) -> dict[str, Any]:
    head = {"id": "resp_1", "object": "response", "created_at": 0, "model": "m", "usage": USAGE}
    return head | {"tools": [], "tool_choice": "auto", "parallel_tool_calls": False} | more


def _message(content: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "message",
        "id": "msg_1",
        "role": "assistant",
        "status": "completed",
        "content": content,
    }


def completion(text: str, reason: str = "stop", refusal: str | None = None) -> dict[str, Any]:
    message = {"role": "assistant", "content": text, "refusal": refusal}
    return {
        "id": "c_1",
        "object": "chat.completion",
        "created": 0,
        "model": "m",
        "choices": [{"index": 0, "finish_reason": reason, "message": message}],
        "usage": {"prompt_tokens": 1_000, "completion_tokens": 200, "total_tokens": 1_200},
    }


def refuses(handler: Handler) -> None:
    if "chat" in handler.path:
        body = completion("", "stop", "I cannot help with that.")
    else:
        part = {"type": "refusal", "refusal": "I cannot help with that."}
        body = _response({"status": "completed", "output": [_message([part])]})
    handler.send(200, json.dumps(body).encode())


def cuts_off(handler: Handler) -> None:
    text = '{"items": [{"item": "rap'
    if "chat" in handler.path:
        body = completion(text, "length")
    else:
        body = response(text) | {
            "status": "incomplete",
            "incomplete_details": {"reason": "max_output_tokens"},
        }
    handler.send(200, json.dumps(body).encode())


def fails(status: int, **headers: str) -> Reply:
    body = json.dumps({"error": {"message": "echo: I am so sad", "type": "server_error"}}).encode()
    return lambda handler: handler.send(status, body, **headers)


def hangs(handler: Handler) -> None:
    handler.model.stopping.wait(30)
    handler.close_connection = True


def drips(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("content-type", "application/json")
    handler.send_header("content-length", "100000")
    handler.end_headers()
    while not handler.model.stopping.wait(0.05):
        handler.wfile.write(b" ")
        handler.wfile.flush()


def hangs_up(handler: Handler) -> None:
    handler.close_connection = True
    handler.connection.close()


def says(body: bytes, kind: str = "application/json", **headers: str) -> Reply:
    return lambda handler: handler.send(200, body, kind, **headers)
