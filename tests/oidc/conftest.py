"""One OpenID Connect server for all, and a workbench that lets its people in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.system import free_port
from core.settings import Settings, load_settings
from tests.oidc.bad_provider import BadProvider, bad_provider
from tests.oidc.glewlwyd import CLIENT_ID, CLIENT_SECRET, Glewlwyd, glewlwyd


@pytest.fixture(scope="session")
def ports() -> list[int]:
    """Two ports, for two workbenches that the server knows."""
    return [free_port(), free_port()]


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory, ports: list[int]) -> Iterator[Glewlwyd]:
    if not shutil.which("glewlwyd"):
        pytest.fail("glewlwyd is missing. Run: sh scripts/oidc.sh", pytrace=False)
    homes = [f"http://127.0.0.1:{port}" for port in ports]
    with glewlwyd(tmp_path_factory.mktemp("glewlwyd"), homes) as server:
        yield server


@pytest.fixture
def bad() -> Iterator[BadProvider]:
    with bad_provider() as server:
        yield server


def settings_for(folder: Path, issuer: str, port: int, **more: Any) -> Settings:
    """Returns the settings of a workbench in `folder` whose people log in at `issuer`."""
    provider = {"oidc_issuer": issuer, "oidc_client_id": CLIENT_ID}
    provider |= {"oidc_client_secret": CLIENT_SECRET}
    return load_settings(data_dir=folder, web_port=port, **provider | more)
