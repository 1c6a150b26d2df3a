"""One world of the pretend company, built by the real dbt project, with its truth beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from bench.lake_world import write_lake
from core.errors import BadInput
from flows.build import WarehouseBuilder, only_writer
from flows.results import refuse_failures
from synthetic.world import World, make_world

TIME_ZONE = "America/Chicago"
END = datetime(2026, 11, 22, 22, tzinfo=UTC)
AS_OF_DATE = date(2026, 11, 22)
DAYS = 365
KINDS = ("base", "null", "interactions", "regime", "reporting", "season")
# formulas were tuned on these: nothing may be claimed from them
TUNED_SEEDS = frozenset({7, 21, 42, 101, 102, 3001, 3002, 3003})


@dataclass(frozen=True)
class Plan:
    """Which world: its kind, its seed, and how large."""

    kind: str
    seed: int
    tutors: int
    students: int
    sessions_per_day: int

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.seed}"

    def make(self) -> World:
        """Returns the world; the truth in it is for comparing, never for building."""
        size = self.tutors, self.students, DAYS, self.sessions_per_day
        return make_world(self.seed, *size, END, self.kind)


def plan_worlds(first_seed: int, worlds: int, small: bool) -> list[Plan]:
    """Returns `worlds` base and null worlds, and one of each kind that breaks the assumptions.

    Raises:
        BadInput: the seeds would be among those that the formulas were tuned on.
    """
    size = (150, 800, 60) if small else (800, 5_000, 250)
    counts = {kind: worlds if kind in ("base", "null") else 1 for kind in KINDS}
    kinds = [kind for kind, count in counts.items() for _ in range(count)]
    plans = [Plan(kind, first_seed + number, *size) for number, kind in enumerate(kinds)]
    if TUNED_SEEDS & {plan.seed for plan in plans}:
        raise BadInput("The formulas were tuned on some of these seeds: choose another --seed.")
    return plans


@dataclass(frozen=True)
class Warehouse:
    """The built warehouse, read only."""

    path: Path

    def ask(self, query: str) -> pl.DataFrame:
        """Returns the rows of a query over the warehouse's schemas.

        Raises:
            NotThereYet: no model of the project makes a table or column that it names.
        """
        with duckdb.connect(str(self.path), read_only=True) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            try:
                rows: pl.DataFrame = connection.sql(query).pl()
            except (duckdb.CatalogException, duckdb.BinderException) as error:
                raise NotThereYet(str(error).partition("\n")[0]) from None
        return rows

    def ask_first(self, *queries: str) -> pl.DataFrame:
        """Returns the rows of the first query that can be asked.

        Raises:
            NotThereYet: none of them can.
        """
        *preferred, last = queries
        for query in preferred:
            with suppress(NotThereYet):
                return self.ask(query)
        return self.ask(last)


class NotThereYet(Exception):
    """The dbt project makes no such table or column; the message is DuckDB's."""


@contextmanager
def built(world: World) -> Iterator[Warehouse]:
    """Gives the warehouse that a full build makes of the world's records, as of their end.

    Raises:
        GateClosed: a model or test of the project failed.
    """
    with TemporaryDirectory(prefix="validity-") as folder:
        lake_dir, path = Path(folder) / "lake", Path(folder) / "warehouse" / "warehouse.duckdb"
        last_seq = write_lake(lake_dir, world.tutors, world.sessions)
        builder = WarehouseBuilder(path, lake_dir, TIME_ZONE)
        with only_writer(path):
            refuse_failures(builder.build(END, last_seq, full=True))
        yield Warehouse(path)
