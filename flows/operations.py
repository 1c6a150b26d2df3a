"""What whoever runs the workbench asks of the flows: builds and tests, runs, letters, money."""

from __future__ import annotations

import base64
import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

from core.secrets import prefect_login
from core.settings import Settings
from flows.dbt_process import Answer
from flows.emails.desk import look_through
from flows.reviews.ledger import Ledger
from flows.reviews.spending import cache_hits, spent_on

_PATIENCE_SECONDS = 3
_NO_PROXY = build_opener(ProxyHandler({}))
# of a schedule, or started by hand; what the runner does every few seconds is told by the set
_DEPLOYED = {"deployment_id": {"is_null_": False}}
_BEGUN = {"state": {"type": {"any_": ["RUNNING", "COMPLETED", "FAILED", "CRASHED", "CANCELLED"]}}}

_NO_REVIEWS: dict[str, Any] = {"usd_today": 0.0, "calls": 0, "cache_hits": 0, "reviews": {}}


@dataclass(frozen=True)
class FlowsDesk:
    """Tells how the flows of one workbench are; it changes nothing."""

    settings: Settings

    def build(self) -> dict[str, Any] | None:
        """Returns when all was built last, with how many models and tests, and what failed."""
        path = self.settings.warehouse_path.parent / "built.json"
        if not path.exists():
            return None
        results = Answer.read(path).results
        kinds = Counter("test" if one.kind == "test" else "model" for one in results)
        return {
            "at": datetime.fromtimestamp(path.stat().st_mtime, UTC),
            "seconds": sum(one.seconds for one in results),
            "models": kinds["model"],
            "tests": kinds["test"],
            "failed": [one.name for one in results if not one.is_good],
        }

    def letters(self) -> dict[str, int]:
        """Returns how many letters are in each state of the outbox; nothing before the first."""
        path = self.settings.outbox_path
        return look_through(path, None, 0).counts if path.exists() else {}

    def reviews(self, now: datetime) -> dict[str, Any]:
        """Returns what the day (UTC) cost in dollars, the most it may, and what waits."""
        if not self.settings.reviews_path.exists():
            return {**_NO_REVIEWS, "usd_a_day": self.settings.review_daily_usd}
        with Ledger(self.settings.reviews_path) as ledger:
            spent = spent_on(ledger, now.astimezone(UTC).date())
            counts = ledger.execute("select status, count(*) from reviews group by 1").fetchall()
            return {
                "usd_today": spent.usd,
                "usd_a_day": self.settings.review_daily_usd,
                "calls": spent.calls,
                "cache_hits": cache_hits(ledger),
                "reviews": dict(counts),
            }

    def runs(self) -> list[dict[str, Any]] | None:
        """Returns the last run of each deployment, newest first; None if Prefect does not answer.

        Each has `flow` (the deployment's name), `state`, `started` and how many `seconds` it took.
        """
        try:
            names = {one["id"]: one["name"] for one in self._ask("deployments", {})}
            runs = self._ask(
                "flow_runs",
                {"sort": "START_TIME_DESC", "flow_runs": _DEPLOYED | _BEGUN, "limit": 200},
            )
        except (URLError, OSError, ValueError):
            return None
        last: dict[str, dict[str, Any]] = {}
        for run in runs:
            last.setdefault(run["deployment_id"], _run(run, names))
        return list(last.values())

    def _ask(self, what: str, body: dict[str, Any]) -> list[dict[str, Any]]:
        login = prefect_login(self.settings.secrets_dir)
        request = Request(
            f"{self.settings.prefect_url}/api/{what}/filter",
            data=json.dumps(body).encode(),
            headers={
                "authorization": f"Basic {base64.b64encode(login.encode()).decode()}",
                "content-type": "application/json",
            },
        )
        with _NO_PROXY.open(request, timeout=_PATIENCE_SECONDS) as answer:
            found: list[dict[str, Any]] = json.load(answer)
        return found


def _run(run: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {
        "flow": names.get(run["deployment_id"], "one that is no more"),
        "state": run["state_name"],
        "started": datetime.fromisoformat(run["start_time"]) if run["start_time"] else None,
        "seconds": run["total_run_time"],
    }
