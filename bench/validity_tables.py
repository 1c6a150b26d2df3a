"""The tables that figures and pictures are made of: one folder of Parquet a world."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from bench.validity_world import NotThereYet, Warehouse
from synthetic.world import World

FOLDER = Path(__file__).resolve().parents[1] / "artifacts" / "validity"
_MISSING = "missing.json"
Figures = dict[str, float]
"""A figure by rule: `ours`, and where they exist `naive`, `naive_90_days`, `oracle`, …"""
Maker = Callable[[World, Warehouse], pl.DataFrame]


@dataclass(frozen=True)
class Tables:
    """Tables by name, and why others could not be made yet."""

    frames: dict[str, pl.DataFrame]
    missing: dict[str, str]

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self.frames:
            raise NotThereYet(self.missing.get(name, f"no table {name} was stored"))
        return self.frames[name]

    def write(self, folder: Path) -> None:
        """Replaces what is in the folder of this world."""
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            path.unlink()
        for name, frame in self.frames.items():
            frame.write_parquet(folder / f"{name}.parquet")
        (folder / _MISSING).write_text(json.dumps(self.missing))


def make_tables(makers: Mapping[str, Maker], world: World, warehouse: Warehouse) -> Tables:
    """Returns what the makers give; one that needs a model not there yet is noted, not raised."""
    frames, missing = {}, {}
    for name, maker in makers.items():
        try:
            frames[name] = maker(world, warehouse)
        except NotThereYet as error:
            missing[name] = str(error)
    return Tables(frames, missing)


def read_tables(folder: Path) -> Tables:
    """Returns the tables of one world as they were written."""
    frames = {path.stem: pl.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}
    return Tables(frames, json.loads((folder / _MISSING).read_text()))


def pool(worlds: Mapping[str, Tables]) -> Tables:
    """Returns the tables of several worlds one below the other, `world` telling them apart."""
    names = {name for tables in worlds.values() for name in tables.frames}
    frames = {
        name: pl.concat(
            [
                tables.frames[name].with_columns(world=pl.lit(world))
                for world, tables in worlds.items()
                if name in tables.frames
            ],
            how="vertical_relaxed",
        )
        for name in names
    }
    missing = {name: why for tables in worlds.values() for name, why in tables.missing.items()}
    return Tables(frames, missing)


def with_oracle(tables: Tables, name: str) -> pl.DataFrame:
    """Returns a table of tutors and dates with the oracle's columns, where the world has one."""
    frame = tables[name]
    if "oracle" not in tables.frames:
        return frame
    key = [key for key in ("world", "tutor_id", "score_date") if key in frame.columns]
    return frame.join(tables["oracle"], on=key, how="left")
