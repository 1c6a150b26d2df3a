from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import orjson
import pytest

from ingest.openapi import EXAMPLES
from ingest.records import KINDS, Entry, check_records

Make = Callable[..., Any]


@pytest.mark.parametrize("name", sorted(KINDS))
def test_each_example_is_valid(name: str) -> None:
    [entry], refusals = check_records(KINDS[name], [orjson.dumps(EXAMPLES[name])])
    assert isinstance(entry, Entry)
    assert (entry.extra, refusals) == (None, [])


@pytest.mark.asyncio
async def test_the_document_describes_every_way_in(ingest_client: httpx.AsyncClient) -> None:
    document = (await ingest_client.get("/openapi.json")).json()
    posts = {f"/v1/{name}" for name in KINDS}
    assert posts | {"/healthz", "/readyz", "/metrics", "/v1/quarantine"} < set(document["paths"])
    post = document["paths"]["/v1/sessions"]["post"]
    assert {"202", "401", "409", "413", "422", "429", "503", "507"} <= set(post["responses"])
    assert post["security"] == [{"token": []}, {"signature": []}]


@pytest.mark.asyncio
async def test_every_reference_of_the_document_leads_somewhere(
    ingest_client: httpx.AsyncClient,
) -> None:
    text = (await ingest_client.get("/openapi.json")).text
    schemas = orjson.loads(text)["components"]["schemas"]
    named = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= set(schemas)


@pytest.mark.asyncio
async def test_the_docs_page_shows_a_usable_call_and_asks_no_other_host(
    ingest_client: httpx.AsyncClient,
) -> None:
    page = (await ingest_client.get("/docs")).text
    assert "curl" in page and "scheduled_start" in page and "handling=strict" in page
    assert "http://" not in page and "https://" not in page and "<script" not in page
