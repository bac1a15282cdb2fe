# SPDX-License-Identifier: Apache-2.0
"""What each fault does to its target. Blocking; each returns once the fault is over and what died runs again."""

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from tests.faults.crew import Crew
from tests.faults.dies_at import order
from tests.faults.plan import AWAY_SECONDS, LINK_FAULTS, LINK_SECONDS, SERVERS, STOP_SECONDS, Cell
from ventanilla_local.process import Server
from ventanilla_local.toxiproxy import Link

SLOW_MILLISECONDS, SLOW_KILOBYTES = 300, 50
REBALANCES = 2
PASSES_WITHIN_SECONDS = 60.0
FULL_SECONDS = 10.0


class NotReached(Exception):
    """The process came by the failpoint too seldom: nothing was tested."""


def strike(crew: Crew, cell: Cell) -> None:
    """Do it. Raises NotReached, or DidNotStartError where something does not come up again."""
    if cell.is_failpoint:
        _die_at_point(crew, cell)
    elif cell.fault in LINK_FAULTS:
        _harm_links(links_of(crew, cell), cell.fault)
    elif cell.needs_small_disk:
        _fill_disk(crew)
    elif cell.target in SERVERS:
        _ON_SERVER[cell.fault](crew.ground.servers[cell.target])
    else:
        _ON_SERVICE[cell.fault](crew.of(cell.target), crew.instances[f"{cell.target}-{cell.victim()}"])


def links_of(crew: Crew, cell: Cell) -> Sequence[Link]:
    """Of a server, those of everybody to it; of a service, those of one instance to everything."""
    if cell.target in SERVERS:
        return crew.ground.links_to(cell.target)
    return list(crew.ground.links[f"{cell.target}-{cell.victim()}"].values())


def _harm_links(links: Sequence[Link], fault: str) -> None:
    for link in links:
        if fault == "cut":
            link.cut()
        elif fault == "silence":
            link.silence()
        else:
            link.slow_down(SLOW_MILLISECONDS, SLOW_KILOBYTES)
    time.sleep(LINK_SECONDS)
    for link in links:
        link.heal()


def _kill_server(server: Server) -> None:
    server.kill()
    time.sleep(AWAY_SECONDS)
    server.start()


def _restart_server(server: Server) -> None:
    server.stop()
    server.start()


def _stop(server: Server) -> None:
    """Deaf for a while, then awake: longer than a session with the broker lasts."""
    if server.pid is None:
        raise RuntimeError(f"{server.name} does not run")
    os.kill(server.pid, signal.SIGSTOP)
    try:
        time.sleep(STOP_SECONDS)
    finally:
        os.kill(server.pid, signal.SIGCONT)


def _fill_disk(crew: Crew) -> None:
    """No byte is left for a while; a database that ended by it is started once there is room again."""
    disk, database = crew.ground.disk, crew.ground.servers["database"]
    if disk is None:
        raise RuntimeError("this house has no disk that can be filled")
    disk.fill()
    _checkpoint(crew.ground.mongodb)
    time.sleep(FULL_SECONDS)
    disk.free()
    if database.pid is None:
        database.start()


def _checkpoint(mongodb: str) -> None:
    """The database writes its files now, which it does every minute by itself."""
    with suppress(PyMongoError), MongoClient[dict[str, object]](mongodb, timeoutMS=5_000) as client:
        client.admin.command("fsync")


def _kill_service(both: Sequence[Server], _: Server) -> None:
    """Both at once."""
    for server in both:
        server.kill()
    for server in both:
        server.launch()
    for server in both:
        server.wait_until_ready()


def _restart_service(both: Sequence[Server], victim: Server) -> None:
    """One after the other, as an upgrade does."""
    for server in [victim, *(one for one in both if one is not victim)]:
        _restart_server(server)


def _rebalance(_: Sequence[Server], victim: Server) -> None:
    """One instance leaves and comes, by turns politely and not."""
    for n in range(REBALANCES):
        if n % 2:
            victim.kill()
        else:
            victim.stop()
        victim.start()


_ON_SERVER: dict[str, Callable[[Server], None]] = {"kill": _kill_server, "stop": _stop, "restart": _restart_server}
_ON_SERVICE: dict[str, Callable[[Sequence[Server], Server], None]] = {
    "kill": _kill_service,
    "stop": lambda _, victim: _stop(victim),
    "restart": _restart_service,
    "rebalance": _rebalance,
}


def _die_at_point(crew: Crew, cell: Cell) -> None:
    """Order it, wait until the process has killed itself, start it again."""
    doomed, orders = crew.instances[f"{cell.target}-b"], crew.orders(cell.target)
    order(orders, cell.fault, cell.passage())
    try:
        _wait_for_death(doomed, cell)
    finally:
        orders.unlink()
    doomed.start()


def _wait_for_death(doomed: Server, cell: Cell) -> None:
    until = time.monotonic() + PASSES_WITHIN_SECONDS
    while doomed.pid is not None and time.monotonic() < until:
        time.sleep(0.05)
    if doomed.pid is not None or doomed.process is None:
        raise NotReached(f"not passed {cell.passage()} times in {PASSES_WITHIN_SECONDS:.0f} s")
    if doomed.process.returncode != -signal.SIGKILL:
        raise RuntimeError(f"{doomed.name} ended with {doomed.process.returncode} by itself")


@contextmanager
def set_up(crew: Crew, cell: Cell) -> Iterator[None]:
    """Before the load: a second instance of the service that is hit; the first one waits where it would interfere."""
    if cell.target in SERVERS:
        crew.end_seconds()
        yield
        return
    crew.begin_second(cell.target)
    first = crew.instances[f"{cell.target}-a"]
    if cell.alone:
        first.stop()
    try:
        yield
    finally:
        if first.pid is None:
            first.start()
