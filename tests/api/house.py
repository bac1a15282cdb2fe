# SPDX-License-Identifier: Apache-2.0
"""One service as a caller meets it: on a port, over a real database that already knows the golden examples' cases."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.types import ASGIApp
from tests.api.people import write_people
from tests.api.stories import NOW, tell

from chassis.mongo import Database
from chassis.service import Service
from chassis.settings import ServiceSettings
from chassis.testing import settings_for
from chassis.testing.process import Process, wire_without_broker

OWN_SETTINGS: dict[str, dict[str, Any]] = {
    "intake": {
        "imap_url": "",
        "regulator_url": "https://regulator.example",
        "regulator_user": "caja",
        "regulator_password": "contrasena",
        "regulator_key": "clave",
        "regulator_codes": Path(__file__).parents[2] / "services" / "intake" / "tests" / "regulator_codes.yaml",
        "membership_file": Path(__file__).parents[2] / "services" / "intake" / "intake" / "data" / "membership.yaml",
    },
    "notifications": {"smtp_url": "smtp://127.0.0.1:1"},
}


def build(name: str, database: Database, directory: Path, **own: Any) -> Service[Any]:
    """The service, wired to this database and to no broker."""
    module = import_module(f"{name}.settings")
    settings_class = next(one for one in vars(module).values() if _is_settings_of(name, one))
    clock = directory / "clock"
    clock.write_text(NOW[name])
    values = {
        "clock_file": clock,
        "staff_file": write_people(directory / "staff.yaml"),
        **OWN_SETTINGS.get(name, {}),
        **own,
    }
    wire = wire_without_broker()
    settings = settings_for(settings_class, wire=wire, database=database, tmp_path=directory, **values)
    service: Service[Any] = import_module(f"{name}.app").build(settings)
    return service


def _is_settings_of(name: str, one: object) -> bool:
    return isinstance(one, type) and issubclass(one, ServiceSettings) and one.service == name


@asynccontextmanager
async def house(name: str, database: Database, directory: Path) -> AsyncIterator[str]:
    """The address of a service that has heard its story; it does what the role api does."""
    process = await Process(build(name, database, directory)).open()
    loops = [asyncio.ensure_future(loop()) for loop in process.runtime.loops("api")]
    try:
        async with serving(process.service.app) as url, httpx.AsyncClient(base_url=url, timeout=120) as http:
            await tell(name, process, http)
            yield url
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        process.close()


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    """The address at which an app answers."""
    # Without the protocol asyncio leaves Nagle's algorithm on, and every answer waits 40 ms for an acknowledgement.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as door:
        door.bind(("127.0.0.1", 0))
        server = _Server(uvicorn.Config(app, lifespan="off", log_config=None, server_header=False))
        task = asyncio.create_task(server.serve(sockets=[door]))
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task


class _Server(uvicorn.Server):
    """Signals are the test run's own."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
