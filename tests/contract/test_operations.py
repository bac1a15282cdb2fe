# SPDX-License-Identifier: Apache-2.0
"""Every service shows its operators what is parked, on the same page and in the same API, and anyone its events."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from tests.contract.built import SERVICES, built


@asynccontextmanager
async def visited(name: str, directory: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The doors of a service, whose servers are away."""
    with built(name, directory) as service:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(service.app), base_url="http://x") as client:
            yield client


@pytest.mark.parametrize("name", SERVICES)
async def test_an_operator_finds_the_page_and_a_program_the_api(name: str, tmp_path: Path) -> None:
    async with visited(name, tmp_path) as client:
        page = await client.get("/operations", headers={"Accept": "text/html"})
        assert (page.status_code, page.headers["location"]) == (303, "/login?next=%2Foperations")
        assert (await client.get("/v1/parked")).status_code == 401
        assert "/v1/parked/{parked_id}/discard" in (await client.get("/openapi.json")).json()["paths"]


@pytest.mark.parametrize("name", SERVICES)
async def test_anyone_finds_what_the_service_sends_and_receives(name: str, tmp_path: Path) -> None:
    async with visited(name, tmp_path) as client:
        own, house = [(await client.get(path)).json() for path in ("/asyncapi.json", "/asyncapi/house.json")]
        page = await client.get("/asyncapi")
    assert (own["id"], house["id"]) == (f"urn:ventanilla:{name}", "urn:ventanilla:house")
    assert page.headers["content-type"].startswith("text/html")
    assert [channel for channel in own["channels"] if channel not in page.text] == []
