"""What the ingest process says of itself; it is asked over HTTP, as every other client asks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from core.errors import BadInput, Conflict, Unavailable, WorkbenchError
from core.tokens import KeyRing

REFUSED_PER_PAGE = 10  # what follows them on the page is to be found
_NOT_READY = 503  # which /readyz gives reasons for, so it is an answer as well
_SECONDS = 5
_SUBJECT = "workbench-web"
_NO_ANSWER = "Ingest does not answer. Start it: workbench up"
_REFUSALS: dict[int, type[WorkbenchError]] = {409: Conflict, 422: BadInput}


@dataclass(frozen=True)
class RefusedPage:
    """Refused records, oldest first, without what they say; `following` is the next page's."""

    items: list[dict[str, Any]]
    following: int | None


@dataclass(frozen=True)
class IngestState:
    """How ingest is; nothing but `is_up` is told of one that does not answer."""

    is_up: bool = False
    is_ready: bool = False
    figures: dict[str, Any] = field(default_factory=dict)
    refused: RefusedPage = RefusedPage([], None)


@dataclass(frozen=True)
class IngestClient:
    """Asks the ingest of this workbench."""

    url: str
    keys: KeyRing
    clock: Callable[[], datetime]
    # kept open; proxies of the environment are for the outside world
    http: httpx.Client = field(
        default_factory=lambda: httpx.Client(timeout=_SECONDS, trust_env=False)
    )

    def state(self, after: int) -> IngestState:
        """Returns how ingest is, with the refused records whose ids are above `after`."""
        try:
            figures = self._ask("GET", "/readyz", "ingest:read").json()
            refused = self._ask(
                "GET", f"/v1/quarantine?limit={REFUSED_PER_PAGE}&after={after}", "ingest:read"
            )
        except Unavailable:
            return IngestState()
        page = RefusedPage(refused.json()["items"], refused.json()["next"])
        return IngestState(True, figures["status"] == "ready", figures, page)

    def act(self, records: list[dict[str, Any]], username: str) -> None:
        """Has `records` of flag actions kept in the name of `username`, all or none.

        Raises:
            Unavailable: ingest does not answer.
            Conflict: one of them is stored already with other content.
            BadInput: one of them is not as the contract wants it.
        """
        self._ask("POST", "/v1/flag-actions", "ingest:write", username, records)

    def replay(self) -> dict[str, int]:
        """Returns what became of all refused records, each of which was tried again once.

        Raises:
            Unavailable: ingest does not answer.
        """
        total = {"accepted": 0, "duplicates": 0, "rejected": 0}
        answer: dict[str, Any] = {"has_more": True}
        while answer["has_more"]:
            upto = f"?upto={answer['upto']}" if "upto" in answer else ""
            path = f"/v1/quarantine/replay{upto}"
            answer = self._ask("POST", path, "ingest:write").json()
            total = {name: total[name] + answer[name] for name in total}
        return total

    def _ask(
        self, method: str, path: str, scope: str, subject: str = _SUBJECT, body: object = None
    ) -> httpx.Response:
        token = self.keys.issue(subject, {scope}, self.clock(), timedelta(minutes=1))
        headers = {"Authorization": f"Bearer {token}", "Prefer": "handling=strict"}
        try:
            answer = self.http.request(method, f"{self.url}{path}", headers=headers, json=body)
        except httpx.HTTPError:
            raise Unavailable(_NO_ANSWER) from None
        is_told = answer.status_code == _NOT_READY and "reasons" in answer.text
        if answer.is_error and not is_told:
            raise _REFUSALS.get(answer.status_code, Unavailable)(_detail(answer))
        return answer


def _detail(answer: httpx.Response) -> str:
    told = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    return str(told.get("detail", _NO_ANSWER))
