"""Logs that a program can read: one JSON object a line, on standard error."""

from __future__ import annotations

import logging

from pythonjsonlogger.json import JsonFormatter


def log_as_json() -> None:
    """Makes each event of this process one line: `at`, `level`, `logger`, `event` and its facts."""
    names = {"levelname": "level", "name": "logger", "message": "event"}
    formatter = JsonFormatter(
        "{levelname}{name}{message}", style="{", rename_fields=names, timestamp="at"
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.INFO, handlers=[handler])
