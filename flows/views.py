"""Publishes views and functions of the marts as such: what is asked for seldom costs nothing."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import duckdb

from flows.archive import quoted

_VIEWS = """
    SELECT view_name, sql FROM duckdb_views()
    WHERE database_name = 'warehouse' AND schema_name = 'marts' ORDER BY view_oid
"""
_FUNCTIONS = """
    SELECT function_name, parameters, macro_definition FROM duckdb_functions()
    WHERE database_name = 'warehouse' AND schema_name = 'marts' AND function_type = 'table_macro'
"""
# In a set the marts have neither database nor schema; the database was named after its file.
_PLACE = re.compile(r'(?:\b\w+\.|"[^"]+"\.)?\bmarts\.')


def views_of(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Returns what makes the views and functions of the warehouse's marts; they read marts only."""
    views = [_PLACE.sub("", sql) for _, sql in connection.execute(_VIEWS).fetchall()]
    functions = [
        f"CREATE MACRO {name}({', '.join(parameters)}) AS TABLE {_PLACE.sub('', sql)}"
        for name, parameters, sql in connection.execute(_FUNCTIONS).fetchall()
    ]
    return views + functions


def make_views(path: Path, statements: list[str]) -> None:
    """Makes views in the set at `path`."""
    connection = _reader_of_footers()
    connection.execute(f"ATTACH {quoted(path)} AS published (RECOVERY_MODE no_wal_writes)")
    try:
        connection.execute("USE published")
        for statement in statements:
            connection.execute(statement)
    finally:
        connection.execute("USE memory; DETACH published")


@cache
def _reader_of_footers() -> duckdb.DuckDBPyConnection:
    """Returns a database that lives as long as the process, and so do the footers it has read.

    To make a view DuckDB reads the footers of the files that it names. With nine hundred row groups
    of sessions that took 0.7 s for each set.
    """
    connection = duckdb.connect()
    connection.execute("SET parquet_metadata_cache = true")
    return connection
