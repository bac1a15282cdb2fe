# SPDX-License-Identifier: Apache-2.0
"""One Chromium, one intake and one routing for all tests of the pages, on the broker and database of the run."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright
from tests.browser.chromium import chromium
from tests.browser.site import FAQ, Site
from tests.browser.workbench import Workbench

from chassis.testing import Wire, address, open_wire
from ventanilla_local.ports import claimed_ports
from ventanilla_local.services import House, house

START = "2026-03-02T10:15:00-05:00"
POLICY = {"DATA_POLICY_URL": "https://caja.example/datos", "DATA_POLICY_VERSION": "2026-1"}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Raises NoBrowser."""
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=chromium(playwright.chromium.executable_path))
        yield found
        await found.close()


@asynccontextmanager
async def one_service(name: str, directory: Path) -> AsyncIterator[tuple[House, Wire]]:
    """As a process, on Monday 2 March 2026 at 10:15 in Bogota, in topics and a database of its own."""
    clock = directory / "clock"
    clock.write_text(START, encoding="ascii")
    servers = {name: address(name) for name in ("KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI")}
    async with open_wire() as wire:
        with ExitStack() as stack:
            running = stack.enter_context(
                house(
                    directory,
                    {**servers, "IMAP_URL": ""},
                    stack.enter_context(claimed_ports()),
                    prefix=wire.prefix,
                    clock={"CLOCK_FILE": str(clock)},
                    settings={**POLICY, "FAQ_URL": FAQ} if name == "intake" else {},
                    names=(name,),
                    create_topics=False,
                )
            )
            yield running, wire


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    directory = tmp_path_factory.mktemp("house")
    async with one_service("intake", directory) as (running, wire):
        yield Site(browser, running.url("intake"), wire, directory, running.login("agent"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def workbench(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Workbench]:
    async with one_service("routing", tmp_path_factory.mktemp("house")) as (running, wire):
        yield Workbench(browser, running.url("routing"), wire, running.login)
