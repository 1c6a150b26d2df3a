"""`workbench ingest FILE…`: posts NDJSON files in batches and says what was refused."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.processes import local_token
from core.posting import Progress as Posted
from core.posting import Rejection, post_batches, read_lines, reasons_of
from core.settings import Settings

_SHOWN_REJECTIONS = 5
console = Console(highlight=False)


def post_files(settings: Settings, files: list[Path], kind: str, backfill: bool) -> bool:
    """Returns whether every record was taken; prints progress, a rate and what was refused."""
    total = sum(1 for path in files for _ in read_lines(path))
    lines = (line for path in files for line in read_lines(path))
    token = local_token(settings, {"ingest:write"})
    started = time.monotonic()
    posted, rejections = Posted(), []
    with Progress(
        TextColumn("  Posting"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    ) as bar:
        task = bar.add_task("post", total=total)
        url = f"{settings.ingest_url}/v1/{kind}"
        for posted in post_batches(url, token, lines, backfill=backfill):
            rejections += posted.rejections
            bar.update(task, completed=posted.sent)
    _print_result(posted, rejections, time.monotonic() - started)
    return posted.rejected == 0


def _print_result(posted: Posted, rejections: list[Rejection], seconds: float) -> None:
    rate = posted.sent / max(seconds, 1e-3)
    console.print(
        f"{posted.sent:,} records in {seconds:.1f} s ({rate:,.0f}/s): "
        f"{posted.accepted:,} accepted, "
        f"{posted.duplicates:,} duplicates, {posted.rejected:,} rejected."
    )
    for (pointer, detail), count in reasons_of(rejections).most_common():
        console.print(f"  {count:,} x {pointer}: {detail}", markup=False)
    for rejection in rejections[:_SHOWN_REJECTIONS]:
        console.print(f"  line {rejection.line + 1}, id {rejection.record_id or 'unknown'}")


def ingest_details(settings: Settings) -> dict[str, Any]:
    """Returns how far ingest is: accepted_seq, drained_seq, waiting, quarantined and more."""
    token = local_token(settings, {"ingest:read"})
    request = Request(f"{settings.ingest_url}/readyz", headers={"Authorization": f"Bearer {token}"})
    with urlopen(request, timeout=5) as answer:
        details: dict[str, Any] = json.load(answer)
    return details


def accepted_seq(settings: Settings) -> int:
    """Returns the place of the last accepted record in the order of arrival."""
    return int(ingest_details(settings)["accepted_seq"])
