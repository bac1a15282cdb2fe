# SPDX-License-Identifier: Apache-2.0
"""Instances of the toy service on a test's own topics and database."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from tests_toy import ToySettings, build
from typer.testing import CliRunner

from chassis.command_line import command_line
from chassis.mongo import Database
from chassis.service import Service
from chassis.staff_cli import write_staff
from chassis.testing import Wire, running, settings_for
from chassis.testing.process import Process, wire_without_broker


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


STAFF = [
    {"id": "ivan-tabares", "name": "Iván Tabares", "email": "ivan.tabares@example.org", "roles": ["operator"]},
    {"id": "catalina-ospina", "name": "Catalina Ospina", "email": "catalina@example.org", "roles": ["agent"]},
]
Terminal = Callable[[ToySettings], Callable[..., Awaitable[str]]]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Runs commands of a toy service with these settings, as an operator would.

    Each fails unless it exits with ``code``; it gives all that was printed, without colours and frames.
    """

    def sitting_at(settings: ToySettings) -> Callable[..., Awaitable[str]]:
        for name, value in settings.model_dump(exclude_none=True).items():
            monkeypatch.setenv(name.upper(), "x" * 32 if name == "signing_keys" else str(value))
        monkeypatch.setattr("chassis.log.configure", lambda *_, **__: None)  # it would keep the terminal of one command
        write_staff(settings.staff_file, STAFF)
        app = command_line(ToySettings, build)

        async def run(*words: str, code: int = 0) -> str:
            done = await asyncio.to_thread(CliRunner().invoke, app, list(words))
            assert done.exit_code == code, done.output
            return re.sub(r"\s*[│╭╰─╮╯]+\s*", " ", done.output) if code == 2 else done.output

        return run

    return sitting_at


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
