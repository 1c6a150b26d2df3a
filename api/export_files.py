"""A mart as a file, written while it is read: Parquet is exact, CSV is for spreadsheets.

Both say which set they are of: Parquet in its metadata, CSV in the last three columns of each row.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pyarrow.parquet as pq  # type: ignore[import-untyped]

from api.queries.exports import Export
from core.snapshot import Snapshot

ROWS_AT_A_TIME = 20_000
# a spreadsheet takes what begins so for a formula
_FORMULA = "('=', '+', '-', '@', chr(9), chr(13))"
_MOMENT = "TIMESTAMP WITH TIME ZONE"


def facts_of(snapshot: Snapshot) -> dict[str, str | int]:
    """Returns what an export says of its set."""
    [row] = snapshot.rows("SELECT formula_version FROM rpt_freshness")
    published = snapshot.published
    return {
        "set_number": published.number,
        "set_as_of": published.as_of,
        "set_formula_version": row["formula_version"],
    }


def parquet_chunks(
    snapshot: Snapshot, export: Export, facts: dict[str, str | int]
) -> Iterator[bytes]:
    """Gives the bytes of a Parquet file whose metadata has the facts, and the mart's name."""
    names = ", ".join(f'"{name}"' for name in export.columns)
    found = snapshot.cursor.sql(export.query(names), params=export.parameters)
    batches = found.to_arrow_reader(ROWS_AT_A_TIME)
    told = {f"workbench.{name}": str(value) for name, value in facts.items()}
    schema = batches.schema.with_metadata(told | {"workbench.mart": export.mart})
    pipe = _Pipe()
    with pq.ParquetWriter(pipe, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch.replace_schema_metadata(schema.metadata))
            yield pipe.drain()
    yield pipe.drain()


def csv_chunks(snapshot: Snapshot, export: Export, facts: dict[str, str | int]) -> Iterator[bytes]:
    """Gives the bytes of a CSV file: text in quotes, null as nothing, lists as JSON."""
    yield (",".join([*export.columns, *facts]) + "\r\n").encode()
    cells = [_cell(name, kind) for name, kind in export.columns.items()]
    told = ",".join(json.dumps(value) for value in facts.values())
    line = " || ',' || ".join(f"coalesce({cell}, '')" for cell in cells)
    rows = snapshot.cursor.execute(export.query(f"{line} || ?"), [f",{told}", *export.parameters])
    while found := rows.fetchmany(ROWS_AT_A_TIME):
        yield ("\r\n".join(text for (text,) in found) + "\r\n").encode()


def _cell(name: str, kind: str) -> str:
    """Returns the SQL that writes a column's value as a cell."""
    column = f'"{name}"'
    if kind == "VARCHAR":
        harmless = f"CASE WHEN {column}[1] IN {_FORMULA} THEN '''' ELSE '' END || {column}"
        return _quoted(harmless)
    if kind == _MOMENT:
        return f"strftime(timezone('UTC', {column}), '%Y-%m-%dT%H:%M:%S.%fZ')"
    if kind.endswith("]") or kind.startswith("STRUCT"):
        return _quoted(f"to_json({column})::VARCHAR")
    return f"{column}::VARCHAR"


def _quoted(text: str) -> str:
    return f"'\"' || replace({text}, '\"', '\"\"') || '\"'"


class _Pipe(io.BytesIO):
    """A file that forgets what was taken from it, and still knows how far it is."""

    def __init__(self) -> None:
        super().__init__()
        self._taken = 0

    def tell(self) -> int:
        return self._taken + super().tell()

    def drain(self) -> bytes:
        """Returns what was written since it was drained last."""
        content = self.getvalue()
        self._taken += len(content)
        self.seek(0)
        self.truncate()
        return content
