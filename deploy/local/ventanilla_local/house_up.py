# SPDX-License-Identifier: Apache-2.0
"""Everything that `make run` and `make demo` stand on: infrastructure, five services, doors, and the view of them."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from rich.console import Console

from . import feed
from .addresses import Addresses
from .doors import Doors
from .downloads import LOCAL
from .gauges import Gauges
from .infra import infra
from .live import View, showing
from .pace import Pace
from .ports import claimed_ports
from .services import SERVICES, House, house
from .watch import Watch

WIDTH_OF_A_FILE = 160
LOOK_SECONDS = 1.0
DAYS_SHOWN = 40
ENGLISH = {"Accept-Language": "en"}


@dataclass(frozen=True)
class Up:
    """The house that is up; `directory` is its own, beside its data."""

    addresses: Addresses
    directory: Path
    house: House
    view: View
    doors: Doors


def terminal() -> Console:
    """Where we speak; a file or a pipe has no width of its own."""
    console = Console()
    return console if console.is_terminal else Console(width=WIDTH_OF_A_FILE)


@contextmanager
def house_up(purpose: str, keep: str, console: Console, begin: Callable[[], Pace] = Pace) -> Iterator[Up]:
    """Start all, show all, stop all. With `keep` the data stay for the next start, where the way allows it.

    `begin` starts the clock of the services, when they start.
    """
    with ExitStack() as stack:
        with console.status("broker, database, mail server (the first time they are fetched)"):
            addresses = stack.enter_context(infra(purpose=purpose, keep=keep))
        console.print(addresses.description, highlight=False, soft_wrap=True)
        directory = LOCAL / keep / "house" if keep else Path(stack.enter_context(TemporaryDirectory()))
        embedded = addresses.kind == "embedded"
        if embedded:
            asyncio.run(feed.touch(addresses.kafka))
        pace = begin()
        with console.status("intake, routing, notifications, satisfaction, reporting"):
            services = stack.enter_context(
                house(
                    directory,
                    addresses.environment(),
                    stack.enter_context(claimed_ports()),
                    clock=pace.environment(),
                    fixed_ports=purpose != "test",
                    create_topics=not embedded,
                )
            )
        if purpose != "test":
            _say_which_ports_were_taken(services, console)
        doors = Doors(services, stack.enter_context(httpx.Client(timeout=15, headers=ENGLISH)))
        gauges = Gauges({name: services.url(name) for name in services.ports}, partial(lately, doors, pace))
        view = View(Watch(), gauges, pace, console)
        stack.enter_context(showing(view, addresses.kafka))
        yield Up(addresses, directory, services, view, doors)


def lately(doors: Doors, pace: Pace) -> dict[str, dict[str, Any]]:
    """The indicators of the days that the house has seen: a sample is at most a month old."""
    today = pace.local().date()
    return doors.indicators((today - timedelta(days=DAYS_SHOWN)).isoformat(), today.isoformat())


def stay(it: Up) -> None:
    """Until a signal comes; what ends by itself is told once."""
    ended: set[str] = set()
    while True:
        for name, server in {**it.addresses.servers, **it.house.servers}.items():
            if server.pid is None and name not in ended:
                ended.add(name)
                it.view.say(f"{name} has ended by itself; its last words are in {server.log}")
        time.sleep(LOOK_SECONDS)


def _say_which_ports_were_taken(services: House, console: Console) -> None:
    for name, wanted in SERVICES.items():
        if services.ports[name] != wanted:
            console.print(f"port {wanted} is taken: {name} answers at {services.url(name)}", highlight=False)
