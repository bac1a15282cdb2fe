# SPDX-License-Identifier: Apache-2.0
"""Every service shows its operators what is parked, on the same page and in the same API, and anyone its events."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from chassis.settings import ServiceSettings, load
from chassis.staff_cli import write_staff
from ventanilla_local.services import ORGANISATION

SERVICES = ("intake", "routing", "notifications", "satisfaction", "reporting")


@pytest.fixture
def _environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people: list[dict[str, Any]] = yaml.safe_load((files("chassis") / "staff_demo.yaml").read_text("utf-8"))
    write_staff(tmp_path / "staff.yaml", [{**one, "email": f"{one['id']}@example.org"} for one in people])
    addresses = {
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "MONGODB_URI": "mongodb://127.0.0.1:1",
        "SMTP_URL": "smtp://127.0.0.1:1",
        "FILES_URL": f"file://{tmp_path}",
        "STAFF_FILE": str(tmp_path / "staff.yaml"),
        "SIGNING_KEYS": "k" * 32,
        "PUBLIC_URL": "http://127.0.0.1:8101",
    }
    for name, value in {**ORGANISATION, **addresses}.items():
        monkeypatch.setenv(name, value)


@asynccontextmanager
async def visited(name: str) -> AsyncIterator[httpx.AsyncClient]:
    """The doors of a service, whose servers are away."""
    settings_class = next(
        one
        for one in vars(import_module(f"{name}.settings")).values()
        if isinstance(one, type) and issubclass(one, ServiceSettings) and one.service == name
    )
    service = import_module(f"{name}.app").build(load(settings_class))
    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(service.app), base_url="http://x") as client:
            yield client
    finally:
        service.runtime.database.close()


@pytest.mark.usefixtures("_environment")
@pytest.mark.parametrize("name", SERVICES)
async def test_an_operator_finds_the_page_and_a_program_the_api(name: str) -> None:
    async with visited(name) as client:
        page = await client.get("/operations", headers={"Accept": "text/html"})
        assert (page.status_code, page.headers["location"]) == (303, "/login?next=%2Foperations")
        assert (await client.get("/v1/parked")).status_code == 401
        assert "/v1/parked/{parked_id}/discard" in (await client.get("/openapi.json")).json()["paths"]


@pytest.mark.usefixtures("_environment")
@pytest.mark.parametrize("name", SERVICES)
async def test_anyone_finds_what_the_service_sends_and_receives(name: str) -> None:
    async with visited(name) as client:
        own, house = [(await client.get(path)).json() for path in ("/asyncapi.json", "/asyncapi/house.json")]
        page = await client.get("/asyncapi")
    assert (own["id"], house["id"]) == (f"urn:ventanilla:{name}", "urn:ventanilla:house")
    assert page.headers["content-type"].startswith("text/html")
    assert [channel for channel in own["channels"] if channel not in page.text] == []
