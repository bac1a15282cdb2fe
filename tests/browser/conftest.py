# SPDX-License-Identifier: Apache-2.0
"""One Chromium and one intake for all tests of the pages, on the broker and database of the run."""

from collections.abc import AsyncIterator
from contextlib import ExitStack

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright
from tests.browser.chromium import chromium
from tests.browser.site import Site

from chassis.testing import address, open_wire
from ventanilla_local.ports import claimed_ports
from ventanilla_local.services import house

START = "2026-03-02T10:15:00-05:00"
POLICY = {"DATA_POLICY_URL": "https://caja.example/datos", "DATA_POLICY_VERSION": "2026-1"}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Raises NoBrowser."""
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=chromium(playwright.chromium.executable_path))
        yield found
        await found.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """Intake as a process, on Monday 2 March 2026 at 10:15 in Bogota, in topics and a database of its own."""
    directory = tmp_path_factory.mktemp("house")
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
                    settings=POLICY,
                    names=("intake",),
                    create_topics=False,
                )
            )
            yield Site(browser, running.url("intake"), wire, directory, running.login("agent"))
