"""When sets were published and letters sent: noted as it happens, and put into the lake at night.

dbt tells from them how long each session took to reach readers (`fct_session_freshness`). A note is
one line of a file, since a publish happens every few seconds; a day's Parquet file is written anew.
"""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from core.lake import DELIVERIES, PUBLICATIONS, Measure, publish
from core.marts import Published
from flows.emails.outbox import Outbox

_NOTES = "publications.ndjson"
_PART = "part-0000.parquet"
_SENT = """
    select about, version, min(sent_at) from letters
    where kind = 'session' and state = 'sent' and sent_at >= ? group by about, version
"""


def note_publication(warehouse_dir: Path, published: Published) -> None:
    """Adds a line to the notes; one lost in a power cut is a set whose moment is not known."""
    note = {
        "set_number": published.number,
        "ingest_seq": published.ingest_seq,
        "published_at": published.published_at,
    }
    with (warehouse_dir / _NOTES).open("a") as file:
        file.write(json.dumps(note) + "\n")


def export_measures(lake_dir: Path, warehouse_dir: Path, outbox_path: Path) -> None:
    """Leaves in the lake what was published and sent so far; done again, it changes nothing.

    The caller is the only writer of the warehouse, so that nothing is published meanwhile.
    """
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        _export_publications(connection, lake_dir, warehouse_dir / _NOTES)
        if outbox_path.exists():
            _export_deliveries(connection, lake_dir, outbox_path)


def _export_publications(
    connection: duckdb.DuckDBPyConnection, lake_dir: Path, notes: Path
) -> None:
    if notes.exists():
        # a line that a power cut left half written says nothing
        connection.execute(
            "CREATE TEMP TABLE noted AS FROM read_json($1, format = 'newline_delimited', "
            "columns = $2, ignore_errors = true) WHERE published_at IS NOT NULL",
            [str(notes), PUBLICATIONS.fields],
        )
        _write_days(connection, lake_dir, PUBLICATIONS, "published_at")
        notes.unlink()


def _export_deliveries(
    connection: duckdb.DuckDBPyConnection, lake_dir: Path, outbox_path: Path
) -> None:
    # the newest day that was written may have been half over
    newest = max(path.parent.name for path in _days(lake_dir, DELIVERIES))
    with Outbox(outbox_path) as outbox:
        sent = outbox.connection.execute(_SENT, (newest.removeprefix("received_on="),)).fetchall()
    columns = [list(column) for column in zip(*sent, strict=True)] or [[], [], []]
    connection.execute(
        "CREATE TEMP TABLE noted AS SELECT unnest($1::VARCHAR[]) AS session_id, "
        "unnest($2::INTEGER[]) AS version, unnest($3::TIMESTAMPTZ[]) AS sent_at",
        columns,
    )
    _write_days(connection, lake_dir, DELIVERIES, "sent_at")


def _days(lake_dir: Path, measure: Measure) -> list[Path]:
    return list(measure.folder(lake_dir).glob("received_on=*/*.parquet"))


def _write_days(
    connection: duckdb.DuckDBPyConnection, lake_dir: Path, measure: Measure, moment: str
) -> None:
    days = connection.execute(f"SELECT DISTINCT CAST({moment} AS DATE) FROM noted").fetchall()
    for (day,) in days:
        path = measure.partition(lake_dir, day.isoformat()) / _PART
        path.parent.mkdir(exist_ok=True)
        columns = ", ".join(measure.fields)
        rows = f"SELECT {columns} FROM noted WHERE CAST({moment} AS DATE) = $day"
        if path.exists():
            rows += f" UNION SELECT {columns} FROM read_parquet($path)"
        draft = path.with_name(f".{path.name}")
        values = {"day": day, "path": str(path)} if path.exists() else {"day": day}
        connection.execute(
            f"COPY (SELECT DISTINCT * FROM ({rows}) ORDER BY {moment}) TO '{_quoted(draft)}' "
            "(FORMAT parquet, COMPRESSION zstd)",
            values,
        )
        publish(draft, path)
    connection.execute("DROP TABLE noted")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
