# SPDX-License-Identifier: Apache-2.0
"""Instances of the toy service on a test's own topics and database."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from tests_toy import ToySettings, build

from chassis.mongo import Database
from chassis.service import Service
from chassis.testing import Wire, running, settings_for
from chassis.testing_process import Process, wire_without_broker


@pytest.fixture
def toy_settings(wire: Wire, database: Database, tmp_path: Path) -> Callable[..., ToySettings]:
    """The settings of one more instance of the toy service, on this test's topics and database."""

    def settings(**own: Any) -> ToySettings:
        return settings_for(ToySettings, wire=wire, database=database, tmp_path=tmp_path, **own)

    return settings


@pytest.fixture
def start(toy_settings: Callable[..., ToySettings]) -> Callable[..., AbstractAsyncContextManager[Service[ToySettings]]]:
    """One instance of the toy service; ``roles`` and its own settings may be given."""

    def starting(roles: tuple[str, ...] | None = None, **own: Any) -> AbstractAsyncContextManager[Service[ToySettings]]:
        return running(build(toy_settings(**own)), roles)

    return starting


@pytest.fixture
async def by_hand(database: Database, tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[Process]]]:
    """Processes of the toy service without their loops and without Kafka."""
    opened: list[Process] = []

    async def opening(**own: Any) -> Process:
        wire = wire_without_broker()
        settings = settings_for(ToySettings, wire=wire, database=database, tmp_path=tmp_path, **own)
        opened.append(Process(build(settings)))
        return await opened[-1].open()

    yield opening
    for process in opened:
        process.close()
