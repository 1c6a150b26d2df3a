"""What a micro-batch and a full build cost, at different lengths of history.

    python -m bench.build [--sizes 100k 3M 30M] [--batches 12]

3M and 30M are the same company of 4,800 tutors, two years long and twenty: what grows is history.
A batch is 100 live sessions. Ratios are of one run.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from bench.lake_world import land_batch, write_lake
from bench.report import percentile, tell
from bench.validity_world import END, TIME_ZONE, Plan
from core.lake import read_watermark
from flows.build import WarehouseBuilder, only_writer
from flows.dbt_process import Answer
from flows.micro_batch import Step, make_indexes, run_steps
from flows.pins import pinned
from flows.publish import publish_marts
from flows.results import refuse_failures

_BATCH = 100
_DENSE = Plan("base", 4001, 800, 5_000, 650)  # a quarter of a million sessions a year
# size: a company, how many of it stand side by side, and for how many years
_SIZES = {
    "100k": (Plan("base", 4001, 800, 5_000, 260), 1, 1),
    "3M": (_DENSE, 6, 2),
    "30M": (_DENSE, 6, 20),
}


@dataclass(frozen=True)
class Cost:
    """Of one piece of work: wall seconds, CPU seconds of this process and its children."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Batch:
    """Wall seconds until it is published, CPU seconds of all, wall seconds of its SQL alone."""

    published: float
    cpu: float
    sql: float


class Clock:
    """Measures what happens between its making and `cost`."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.monotonic(), _cpu_seconds()

    def cost(self) -> Cost:
        return Cost(time.monotonic() - self._wall, _cpu_seconds() - self._cpu)


def _cpu_seconds() -> float:
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


@dataclass(frozen=True)
class Company:
    """A lake and its warehouse in a folder, and what of its sessions has not landed yet."""

    folder: Path
    coming: pl.DataFrame

    @property
    def lake_dir(self) -> Path:
        return self.folder / "lake"

    @property
    def builder(self) -> WarehouseBuilder:
        return WarehouseBuilder(
            self.folder / "warehouse" / "warehouse.duckdb", self.lake_dir, TIME_ZONE
        )

    def full_build(self) -> Cost:
        """Returns what dbt's full build costs, with all its data tests."""
        clock = Clock()
        with only_writer(self.builder.warehouse_path):
            seq = read_watermark(self.lake_dir).ingest_seq
            refuse_failures(self.builder.build(END, seq, full=True))
        return clock.cost()

    def raw_build(self) -> Cost:
        """Returns what the SQL of the same models costs, run straight in DuckDB.

        Its warehouse takes the place of dbt's: two of thirty million sessions fill a disk.
        """
        steps = Answer.read(self.folder / "warehouse" / "built.json").anew
        path = self.folder / "raw" / "warehouse.duckdb"
        path.parent.mkdir()
        _copy_what_no_step_makes(self.builder.warehouse_path, path, steps)
        variables = {"as_of": END, "ingest_seq": read_watermark(self.lake_dir).ingest_seq}
        clock = Clock()
        with pinned(self.lake_dir):
            refuse_failures(run_steps(path, steps, variables, anew=True))
        make_indexes(path, steps)
        cost = clock.cost()
        path.rename(self.builder.warehouse_path)
        return cost

    def batches(self, count: int) -> Iterator[Batch]:
        """Gives what each batch of new sessions costs."""
        for number in range(count):
            at = END + timedelta(seconds=5 * (number + 1))
            sessions = self.coming[number * _BATCH : (number + 1) * _BATCH]
            land_batch(self.lake_dir, sessions, number, at)
            seq = read_watermark(self.lake_dir).ingest_seq
            path = self.builder.warehouse_path
            clock = Clock()
            with only_writer(path) as until_done:
                results = self.builder.build(at, seq, keep_open=until_done)
                refuse_failures(results)
                publish_marts(path, self.folder / "marts", ingest_seq=seq, as_of=at, now=at)
                published = clock.cost()
            done = clock.cost()
            sql = sum(result.seconds for result in results)
            yield Batch(published.wall, done.cpu, sql)


def _copy_what_no_step_makes(full: Path, raw: Path, steps: list[Step]) -> None:
    """Views, seeds and snapshots go into the new file; the other is gone then."""
    made = {step.relation for step in steps}
    with duckdb.connect(str(raw)) as warehouse:
        warehouse.execute(f"ATTACH '{full}' AS built (READ_ONLY)")
        warehouse.execute("COPY FROM DATABASE built TO warehouse (SCHEMA)")
        named = 'SELECT format(\'"{}"."{}"\', schema_name, table_name) FROM duckdb_tables()'
        for (table,) in warehouse.execute(f"{named} WHERE database_name = 'built'").fetchall():
            if table not in made:
                warehouse.execute(f"INSERT INTO {table} SELECT * FROM built.{table}")
    full.unlink()


@contextmanager
def company_of(size: str, batches: int) -> Iterator[Company]:
    plan, copies, years = _SIZES[size]
    world = plan.make()
    ordered = world.sessions.sort("sent_at")
    landed, coming = ordered[: -batches * _BATCH], ordered[-batches * _BATCH :]
    with TemporaryDirectory(prefix="build-") as folder:
        write_lake(Path(folder) / "lake", world.tutors, landed, copies, years)
        yield Company(Path(folder), coming)


def _measure(size: str, company: Company, batches: int) -> float:
    """Returns the 95th percentile of a batch's wall seconds, after telling all figures."""
    full = company.full_build()
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    raw = company.raw_build()
    # the first one works in the days since the full build, and opens files that are not in memory
    _, *costs = company.batches(batches)
    walls = [batch.published for batch in costs]
    over_sql = percentile([batch.published / batch.sql for batch in costs], 0.5)
    batch_cpu = percentile([batch.cpu for batch in costs], 0.5)
    p95 = percentile(walls, 0.95)
    tell(f"full_build_{size}", full.wall, "s", "-", cpu=round(full.cpu, 1))
    tell(f"full_build_{size}_memory", memory, "GB (peak)", "<= 6" if size == "30M" else "-")
    tell(f"full_build_{size}_over_raw_sql", full.cpu / raw.cpu, "ratio (CPU)", "<= 1.3")
    tell(f"batch_{size}_p50", percentile(walls, 0.5), "s", "-", batches=len(walls))
    tell(f"batch_{size}_p95", p95, "s", {"3M": "<= 2", "30M": "<= 3"}.get(size, "-"))
    tell(f"batch_{size}_over_its_sql", over_sql, "ratio", "<= 3")
    tell(f"full_build_{size}_over_batch", full.cpu / batch_cpu, "ratio (CPU)", ">= 100")
    return p95


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", nargs="+", choices=_SIZES, default=["100k", "3M"])
    parser.add_argument("--batches", type=int, default=12)
    arguments = parser.parse_args()
    p95 = {}
    for size in arguments.sizes:
        with company_of(size, arguments.batches) as company:
            p95[size] = _measure(size, company, arguments.batches)
    if {"3M", "30M"} <= p95.keys():
        tell("batch_growth_3M_to_30M", p95["30M"] / p95["3M"], "ratio", "<= 1.2")


if __name__ == "__main__":
    main()
