"""The page for whoever runs the workbench: how ingest is, and what it refused and why."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import urlencode

from api.caller import Caller
from api.html import frame, notes, when
from api.ingest_state import IngestState, RefusedPage
from api.operations_parts import facts
from core.marts import Published

_REASONS = {
    "journal_failed": "the journal failed, and ingest starts again",
    "drain_failing": "the drain to the lake fails; the log of ingest says why",
    "disk_nearly_full": "the disk is nearly full: free some space",
}
_DOWN = (
    '<p class="alert" role="alert">Ingest does not answer. Senders keep what they have and send it '
    "again; start it with <code>workbench up</code>.</p>"
)


def operations_page(
    state: IngestState,
    published: Published | None,
    links: dict[str, str],
    zone: str,
    flows: str,
    *,
    caller: Caller,
    is_demo: bool,
    told: str = "",
) -> str:
    """Returns the page; times are shown in `zone`, `flows` is the HTML of how the flows are.

    `told` is what an action just did.
    """
    listed = " · ".join(
        f'<a href="{escape(url)}">{escape(name)}</a>' for name, url in links.items()
    )
    body = (
        f"<main><h1>Operations</h1>{notes(told)}<h2>Ingest</h2>{_ingest(state)}"
        f"<h2>Published set</h2>{_published(published, zone)}"
        f"<h2>Refused records</h2>{_refused(state, zone, caller)}{flows}"
        f'<h2>Elsewhere</h2><p class="meta">{listed}</p></main>'
    )
    return frame("Operations", body, caller=caller, is_demo=is_demo)


def _ingest(state: IngestState) -> str:
    if not state.is_up:
        return _DOWN
    figures = state.figures
    reasons = "; ".join(_REASONS.get(reason, reason) for reason in figures["reasons"])
    health = "Ready for records" if state.is_ready else f"Not ready: {reasons}"
    behind = figures["accepted_seq"] - figures["drained_seq"]
    return facts(
        {
            "State": health,
            "Records stored": f"{figures['accepted_seq']:,}",
            "Not in the lake yet": f"{behind:,}",
            "Waiting for the disk": f"{figures['waiting']:,}",
            "Disk left": f"{figures['disk_free_bytes'] / 1e9:,.1f} GB",
        }
    )


def _published(published: Published | None, zone: str) -> str:
    if published is None:
        return (
            '<p class="card">No set is published yet. The first one follows the first records.</p>'
        )
    at = when(datetime.fromisoformat(published.published_at), zone)
    return facts({"Set": f"{published.number:,}", "Published": at})


def _refused(state: IngestState, zone: str, caller: Caller) -> str:
    if not state.is_up:
        return '<p class="card">Not known while ingest does not answer.</p>'
    count = state.figures["quarantined"]
    if not count:
        return '<p class="card">None. Every record that came in was stored.</p>'
    rows = "".join(_row(item, zone) for item in state.refused.items)
    return (
        f'<p class="meta">{count:,} kept byte for byte, oldest first. A sender that puts a record '
        "right just sends it. <code>workbench quarantine export FILE</code> writes them to a file."
        f'</p>{_replay_form(caller)}<table class="refused"><thead><tr>'
        '<th scope="col">What is wrong</th><th scope="col">Record</th><th scope="col">Sender</th>'
        '<th scope="col">Request</th><th scope="col">When</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>{_turn(state.refused)}"
    )


def _row(item: dict[str, Any], zone: str) -> str:
    faults = "<br>".join(
        f"<code>{escape(error['pointer'] or 'record')}</code> {escape(error['detail'])}"
        for error in item["errors"][:3]
    )
    if (more := len(item["errors"]) - 3) > 0:
        faults += f"<br>and {more} more"
    cells = (f"{item['kind']} {item['id']}", item["sender"], item["request_id"])
    at = when(datetime.fromisoformat(item["received_at"]), zone)
    texts = "".join(f"<td>{escape(cell)}</td>" for cell in (*cells, at))
    return f"<tr><td>{faults}</td>{texts}</tr>"


def _replay_form(caller: Caller) -> str:
    if caller.role != "admin":
        return ""
    return (
        '<form method="post" action="/operations/replay"><button class="btn">Try all again</button>'
        ' <span class="meta">after what refused them was put right</span></form>'
    )


def _turn(page: RefusedPage) -> str:
    if page.following is None:
        return ""
    query = urlencode({"after": page.following})
    return f'<nav class="turn" aria-label="More"><a href="/operations?{query}">Newer →</a></nav>'
