"""Publishes views and functions of the marts as such: what is asked for seldom costs nothing."""

from __future__ import annotations

import re

import duckdb

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


def publish_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the views and functions of the warehouse's marts, which read marts only, in the set."""
    for _, sql in connection.execute(_VIEWS).fetchall():
        connection.execute(_PLACE.sub("", sql))
    for name, parameters, sql in connection.execute(_FUNCTIONS).fetchall():
        query = _PLACE.sub("", sql)
        connection.execute(f"CREATE MACRO {name}({', '.join(parameters)}) AS TABLE {query}")
