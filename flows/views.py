"""Publishes views of the marts as views: what is asked for seldom costs nothing until then."""

from __future__ import annotations

import re

import duckdb

_VIEWS = """
    SELECT view_name, sql FROM duckdb_views()
    WHERE database_name = 'warehouse' AND schema_name = 'marts' ORDER BY view_oid
"""
# In a set the marts have neither database nor schema; the database was named after its file.
_PLACE = re.compile(r'(?:\b\w+\.|"[^"]+"\.)?\bmarts\.')


def publish_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the views of the warehouse's marts, which read marts only, in the set in use."""
    for _, sql in connection.execute(_VIEWS).fetchall():
        connection.execute(_PLACE.sub("", sql))
