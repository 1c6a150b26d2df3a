"""Works new records in by running the SQL that dbt compiled, in one transaction.

dbt stays the only author of the SQL; what is saved is its work around each node. Measured, and what
it gains besides, in docs/decisions/0013-compiled-micro-batch.md.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
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
    SET dynamic_or_filter_threshold = 1000;
    SET index_scan_max_count = 100000;
"""


@dataclass(frozen=True)
class Step:
    """One model or test: its compiled SQL; of an incremental model also its key and its indexes.

    Each column of `looked_up_by` has an index. Rows that may have to go without others in their
    place are named, by key, in `replaced`.
    """

    name: str
    kind: str
    relation: str
    sql: str
    keys: list[str]
    looked_up_by: list[str]
    replaced: str = ""


def steps_of(nodes: Iterable[Any], parents: Mapping[str, list[str]]) -> list[Step]:
    """Returns the compiled `nodes` of dbt as steps, each after those that it reads.

    Args:
        nodes: models and tests with their compiled SQL.
        parents: what each node of the project reads, also through views and ephemeral models.
    """
    by_id = {node.unique_id: node for node in nodes}
    order = TopologicalSorter({key: set(read) for key, read in parents.items()}).static_order()
    relations = {node.name: _relation(node) for node in nodes}
    return [_step(by_id[key], relations) for key in order if key in by_id]


def _relation(node: Any) -> str:
    return f'"{node.schema}"."{node.alias}"'


def _step(node: Any, relations: Mapping[str, str]) -> Step:
    keys = node.config.get("unique_key") or []
    return Step(
        name=node.name,
        kind=str(node.resource_type),
        relation=relations[node.name],
        sql=node.compiled_code,
        keys=[keys] if isinstance(keys, str) else list(keys),
        looked_up_by=list(node.config.meta.get("looked_up_by", [])),
        replaced=relations.get(node.config.meta.get("replaced", ""), ""),
    )


def run_steps(
    warehouse_path: Path, steps: list[Step], variables: Mapping[str, object], *, anew: bool = False
) -> list[NodeResult]:
    """Returns what became of each step; unless all are good, the warehouse is left as it was.

    Rows of an incremental model are replaced by its key, or with `anew` the whole table. The SQL
    reads `variables` by `getvariable`.
    """
    with duckdb.connect(str(warehouse_path)) as connection:
        connection.execute(_SETTINGS)
        for name, value in variables.items():
            connection.execute(f"SET VARIABLE {name} = $1", [value])
        connection.execute("BEGIN")
        results: list[NodeResult] = []
        for step in steps:
            results.append(_run(connection, step, anew))
            if not results[-1].is_good:
                connection.execute("ROLLBACK")
                return results
        connection.execute("COMMIT")
        return results


def make_indexes(warehouse_path: Path, steps: list[Step]) -> None:
    """Makes what the steps look up by and has no index yet, such as a table that was made anew.

    A new index stays in memory until its file is closed, so each has an opening of its own.
    """
    for step in steps:
        for column in step.looked_up_by:
            with duckdb.connect(str(warehouse_path)) as connection:
                connection.execute(_SETTINGS)
                connection.execute(
                    f'CREATE INDEX IF NOT EXISTS "{step.name}_by_{column}"'
                    f" ON {step.relation} ({column})"
                )


def _run(connection: duckdb.DuckDBPyConnection, step: Step, anew: bool) -> NodeResult:
    started = time.monotonic()
    status, message, rows = "success", "", None
    try:
        if step.kind == "test":
            status = _test(connection, step)
        elif step.keys and not anew:
            rows = _replace_rows(connection, step)
        else:
            rows = _replace_table(connection, step)
    except duckdb.Error as error:
        status, message = "error", str(error)
    return NodeResult(step.name, step.kind, status, time.monotonic() - started, message, rows)


def _test(connection: duckdb.DuckDBPyConnection, step: Step) -> str:
    failures = _number(connection, f"SELECT count(*) FROM ({step.sql})")
    return "fail" if failures else "pass"


def _replace_table(connection: duckdb.DuckDBPyConnection, step: Step) -> int:
    return _number(connection, f"CREATE OR REPLACE TABLE {step.relation} AS ({step.sql})")


def _replace_rows(connection: duckdb.DuckDBPyConnection, step: Step) -> int:
    _number(connection, f"CREATE OR REPLACE TEMP TABLE batch AS ({step.sql})")
    # column by column, so that a key's day tells which rows need not be read
    same = " AND ".join(f"kept.{key} = replaced.{key}" for key in step.keys)
    _number(
        connection,
        f"DELETE FROM {step.relation} AS kept USING {step.replaced or 'batch'} AS replaced"
        f" WHERE {same}",
    )
    return _number(connection, f"INSERT INTO {step.relation} BY NAME SELECT * FROM batch")


def _number(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
    [(number,)] = connection.execute(_parsed(statement)).fetchall()
    return int(number)


@lru_cache(maxsize=256)
def _parsed(statement: str) -> duckdb.Statement:
    """Returns the statement as DuckDB parsed it, which it need not do in each batch."""
    [parsed] = duckdb.extract_statements(statement)
    return parsed
