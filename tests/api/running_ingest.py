"""A real ingest process for the web application of a test."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import httpx
from fastapi import FastAPI

from api.ingest_state import IngestClient
from bench.system import ROOT, free_port, wait_until
from core.settings import Settings, load_settings, without_settings
from core.tokens import KeyRing
from tests.api.conftest import bearer


@contextmanager
def running_ingest(web_app: FastAPI, web_settings: Settings) -> Iterator[httpx.Client]:
    """Starts ingest in the folder of `web_app`, which asks it from now on; yields a poster."""
    settings = load_settings(data_dir=web_settings.data_dir, ingest_port=free_port())
    keys = KeyRing.load(settings.secrets_dir)
    client = IngestClient(settings.ingest_url, keys, lambda: datetime.now(UTC))
    web = web_app.state.web
    desk = replace(web.flag_desk, ingest=client)
    web_app.state.web = replace(web, ingest=client, flag_desk=desk)
    process = subprocess.Popen(
        [sys.executable, "-m", "ingest.app"],
        env=without_settings() | settings.as_environment(),
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )
    headers = bearer(web_settings.data_dir.parent, "ingest:write")
    try:
        wait_until(lambda: client.state(0).is_up, 30, "ingest up")
        yield httpx.Client(base_url=settings.ingest_url, headers=headers)
    finally:
        process.kill()
        process.wait()
