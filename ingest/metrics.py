"""What Prometheus may ask: how much came in, what was refused, how long commits and drains take."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from core.errors import WorkbenchError
from ingest.batches import Batch, Receipt
from ingest.journal import Journal

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_RECORDS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)


class Metrics:
    """The figures of one ingest process; the journal's thread counts, once a commit."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._accepted = Counter("ingest_accepted", "Records stored", ["kind"], registry=registry)
        self._duplicates = Counter(
            "ingest_duplicates", "Records stored before", ["kind"], registry=registry
        )
        self._rejected = Counter(
            "ingest_rejected", "By the code of the first error", ["kind", "code"], registry=registry
        )
        self._commit = Histogram(
            "ingest_commit_seconds", "A commit with its sync", buckets=_SECONDS, registry=registry
        )
        self._group = Histogram(
            "ingest_commit_records", "Records in a commit", buckets=_RECORDS, registry=registry
        )
        self._waiting = Gauge("ingest_waiting", "Records before the disk", registry=registry)
        self._disk_free = Gauge("ingest_disk_free_bytes", "Space left", registry=registry)
        self._drain_lag = Gauge(
            "ingest_drain_lag_seconds",
            "Age of the oldest record not in the lake",
            registry=registry,
        )

    def count(
        self, batches: list[Batch], outcomes: Sequence[Receipt | WorkbenchError], started: float
    ) -> None:
        """Adds what one commit did, which began at `started` (of the performance counter)."""
        self._commit.observe(time.perf_counter() - started)
        self._group.observe(sum(len(batch.entries) for batch in batches))
        for batch, outcome in zip(batches, outcomes, strict=True):
            if isinstance(outcome, Receipt) and not batch.is_dry_run:
                self._accepted.labels(batch.kind).inc(outcome.accepted)
                self._duplicates.labels(batch.kind).inc(outcome.duplicates)
                for refusal in (*batch.refusals, *outcome.conflicts):
                    self._rejected.labels(batch.kind, refusal.errors[0]["code"]).inc()

    def render(self, journal: Journal, oldest: str | None, now: datetime) -> bytes:
        """Returns all figures in Prometheus's text form; `oldest` is the drain's next record."""
        lag = now - datetime.fromisoformat(oldest) if oldest else timedelta(0)
        self._drain_lag.set(lag.total_seconds())
        self._waiting.set(journal.waiting)
        self._disk_free.set(shutil.disk_usage(journal.folder).free)
        return generate_latest(self._registry)
