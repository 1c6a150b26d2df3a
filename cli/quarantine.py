"""`workbench quarantine`: what ingest refused, as a list, as a file, and tried again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from rich.console import Console

from cli.processes import local_token
from core.errors import Unavailable
from core.settings import Settings

console = Console(highlight=False, soft_wrap=True)


def print_refused(settings: Settings) -> None:
    """Prints one line a refused record: id, when, from whom, and the first thing wrong."""
    count = 0
    for item in _refused(settings):
        count += 1
        first = item["errors"][0]
        console.print(
            f"{item['id']}  {item['received_at'][:19]}  {item['sender']}  {item['kind']}  "
            f"{first['pointer'] or '(record)'}: {first['detail']}",
            markup=False,
        )
    console.print("Nothing is in quarantine." if not count else f"{count:,} in quarantine.")


def export_refused(settings: Settings, path: Path) -> None:
    """Writes the refused records to a file, a line each as it was sent, to be put right."""
    count = 0
    with path.open("wb") as file:
        for item in _refused(settings):
            count += 1
            raw = _ask(settings, f"/v1/quarantine/{item['id']}", "ingest:read")
            file.write(raw.translate(None, b"\r\n") + b"\n")
    path.chmod(0o600)  # what was sent may name people
    console.print(f"{count:,} records written to {path.name}.")


def replay_refused(settings: Settings) -> None:
    """Has every refused record tried again, once, and prints what became of them."""
    total = {"accepted": 0, "duplicates": 0, "rejected": 0}
    answer: dict[str, Any] = {"has_more": True}
    while answer["has_more"]:
        upto = f"?upto={answer['upto']}" if "upto" in answer else ""
        answer = json.loads(_ask(settings, f"/v1/quarantine/replay{upto}", "ingest:write", "POST"))
        total = {name: total[name] + answer[name] for name in total}
    console.print(
        f"Tried again: {total['accepted']:,} accepted, {total['duplicates']:,} duplicates, "
        f"{total['rejected']:,} still refused."
    )


def _refused(settings: Settings) -> Iterator[dict[str, Any]]:
    after: int | None = 0
    while after is not None:
        page = json.loads(_ask(settings, f"/v1/quarantine?limit=1000&after={after}", "ingest:read"))
        yield from page["items"]
        after = page["next"]


def _ask(settings: Settings, path: str, scope: str, method: str = "GET") -> bytes:
    headers = {"Authorization": f"Bearer {local_token(settings, {scope})}"}
    request = Request(f"{settings.ingest_url}{path}", headers=headers, method=method)
    try:
        with urlopen(request, timeout=60) as answer:
            content: bytes = answer.read()
    except URLError:
        raise Unavailable(
            f"ingest does not answer at {settings.ingest_url}. Start it: workbench up"
        ) from None
    return content
