"""Records become NDJSON as a Rails application would send them: local times with their offset."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

_ROWS = 20_000


def session_lines(sessions: pl.DataFrame) -> Iterator[bytes]:
    """Yields one line per session, in the order of `sessions`, each with its line feed."""
    for rows in sessions.iter_slices(_ROWS):
        zones = rows.with_row_index("row").partition_by("time_zone")
        local = pl.concat([_in_local_time(part) for part in zones])
        yield from _lines(local.sort("row").drop("row"))


def tutor_lines(tutors: pl.DataFrame) -> Iterator[bytes]:
    """Yields one line per tutor, each with its line feed."""
    yield from _lines(tutors)


def map_moments(frame: pl.DataFrame, change: Callable[[pl.Expr], pl.Expr]) -> pl.DataFrame:
    """Returns `frame` with `change` applied to each moment, those within structs included."""
    return frame.with_columns(
        change(pl.col(name))
        if isinstance(kind, pl.Datetime)
        else pl.col(name).struct.with_fields(*map(change, _moments_within(kind)))
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.Datetime | pl.Struct)
    )


def _moments_within(kind: pl.Struct) -> list[pl.Expr]:
    return [pl.field(field.name) for field in kind.fields if isinstance(field.dtype, pl.Datetime)]


def _in_local_time(rows: pl.DataFrame) -> pl.DataFrame:
    zone = rows["time_zone"][0]
    return map_moments(
        rows,
        lambda moment: moment.dt.convert_time_zone(zone).dt.strftime("%Y-%m-%dT%H:%M:%S%:z"),
    )


def _lines(rows: pl.DataFrame) -> list[bytes]:
    return rows.write_ndjson().encode().splitlines(keepends=True)
