"""Works new records in by running the SQL that dbt compiled, in one transaction.

dbt stays the only author of the SQL; what is saved is its work around each node. Measured, and what
it gains besides, in docs/decisions/0013-compiled-micro-batch.md.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from flows.results import NodeResult

# as the profile has it for dbt
_SETTINGS = """
    SET TimeZone = 'UTC';
    SET threads = 2;
    SET memory_limit = '4GB';
    SET preserve_insertion_order = false;
"""


@dataclass(frozen=True)
class Step:
    """One model or test: its compiled SQL, and for an incremental model the key it replaces by."""

    name: str
    kind: str
    relation: str
    sql: str
    keys: list[str]


def steps_of(nodes: Iterable[Any], parents: Mapping[str, list[str]]) -> list[Step]:
    """Returns the compiled `nodes` of dbt as steps, each after those that it reads.

    Args:
        nodes: models and tests with their compiled SQL.
        parents: what each node of the project reads, also through views and ephemeral models.
    """
    by_id = {node.unique_id: node for node in nodes}
    order = TopologicalSorter({key: set(read) for key, read in parents.items()}).static_order()
    return [_step(by_id[key]) for key in order if key in by_id]


def _step(node: Any) -> Step:
    keys = node.config.get("unique_key") or []
    return Step(
        name=node.name,
        kind=str(node.resource_type),
        relation=f'"{node.schema}"."{node.alias}"',
        sql=node.compiled_code,
        keys=[keys] if isinstance(keys, str) else list(keys),
    )


def run_steps(
    warehouse_path: Path, steps: list[Step], as_of: datetime, ingest_seq: int, *, anew: bool = False
) -> list[NodeResult]:
    """Returns what became of each step; unless all are good, the warehouse is left as it was.

    Rows of an incremental model are replaced by its key, or with `anew` the whole table.
    """
    with duckdb.connect(str(warehouse_path)) as connection:
        connection.execute(_SETTINGS)
        connection.execute(f"SET VARIABLE as_of = TIMESTAMPTZ '{as_of.isoformat()}'")
        connection.execute(f"SET VARIABLE ingest_seq = {ingest_seq}::BIGINT")
        connection.execute("BEGIN")
        results: list[NodeResult] = []
        for step in steps:
            results.append(_run(connection, step, anew))
            if not results[-1].is_good:
                connection.execute("ROLLBACK")
                return results
        connection.execute("COMMIT")
        return results


def _run(connection: duckdb.DuckDBPyConnection, step: Step, anew: bool) -> NodeResult:
    started = time.monotonic()
    status, message = "success", ""
    try:
        if step.kind == "test":
            status = _test(connection, step)
        elif step.keys and not anew:
            _replace_rows(connection, step)
        else:
            connection.execute(f"CREATE OR REPLACE TABLE {step.relation} AS ({step.sql})")
    except duckdb.Error as error:
        status, message = "error", str(error)
    return NodeResult(step.name, step.kind, status, time.monotonic() - started, message)


def _test(connection: duckdb.DuckDBPyConnection, step: Step) -> str:
    [(failures,)] = connection.execute(f"SELECT count(*) FROM ({step.sql})").fetchall()
    return "fail" if failures else "pass"


def _replace_rows(connection: duckdb.DuckDBPyConnection, step: Step) -> None:
    key = ", ".join(step.keys)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE batch AS ({step.sql})")
    connection.execute(f"DELETE FROM {step.relation} WHERE ({key}) IN (SELECT ({key}) FROM batch)")
    connection.execute(f"INSERT INTO {step.relation} BY NAME SELECT * FROM batch")
