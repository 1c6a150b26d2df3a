"""A real web process over the published set of a company."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.build import Company
from bench.system import free_port, is_open, wait_until
from bench.validity_world import END
from core.lake import read_watermark
from core.marts import Marts
from core.settings import Settings, load_settings, without_settings
from flows.build import only_writer
from flows.publish import publish_marts

BATCHES = 40


@dataclass(frozen=True)
class WebProcess:
    """A web process that runs, its number, and the tutors of the set by id."""

    settings: Settings
    pid: int
    tutors: list[str]


@contextmanager
def running_web(folder: Path) -> Iterator[WebProcess]:
    """Gives a web process over the sets in `folder`; it is ended whatever happens."""
    settings = load_settings(data_dir=folder, web_port=free_port())
    environment = without_settings() | settings.as_environment()
    process = subprocess.Popen([sys.executable, "-m", "cli.web"], env=environment)
    rows = Marts(settings.marts_dir).rows("SELECT tutor_id FROM rpt_tutor_scorecards ORDER BY 1")
    try:
        wait_until(lambda: is_open(settings.web_port), 120, "the web open")
        yield WebProcess(settings, process.pid, [row["tutor_id"] for row in rows])
    finally:
        process.kill()
        process.wait()


def publish(company: Company) -> None:
    """Publishes what was built, as the first set."""
    seq = read_watermark(company.lake_dir).ingest_seq
    path = company.builder.warehouse_path
    with only_writer(path):
        publish_marts(path, company.folder / "marts", ingest_seq=seq, as_of=END, now=END)


def publish_batches(company: Company) -> None:
    """Publishes one small batch after another."""
    for _ in company.batches(BATCHES):
        pass
