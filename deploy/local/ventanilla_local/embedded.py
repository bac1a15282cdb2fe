# SPDX-License-Identifier: Apache-2.0
"""For a machine with neither Docker nor Java: a broker in memory, mongod from its wheel, and a sink for mail."""

import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from . import downloads
from .addresses import Addresses
from .mongod import mongod_server, mongodb_uri
from .ports import Ports
from .process import Server, running

DESCRIPTION = "INFRA=embedded: this broker lives in memory and forgets everything at exit; sent mail is kept in {mail}"


@contextmanager
def embedded(directory: Path, ports: Ports, *, mail: bool) -> Iterator[Addresses]:
    """Start and stop all. The database is new each time, since the broker's log is."""
    database_port, smtp_port = ports.take(), ports.take()
    address = directory / "broker-address"
    # The broker is not among `servers`: what was in it cannot come back, so nobody may kill and start it.
    broker = _python("embedded_broker", directory, [str(address)], lambda _: address.exists())
    database = mongod_server(directory / "mongod", downloads.mongod(), database_port)
    sink = _python("mail_sink", directory, [str(smtp_port), str(directory / "mail")], lambda _: _answers(smtp_port))
    servers = {"database": database, **({"mail": sink} if mail else {})}
    with running({**servers, "broker": broker}):
        for server in (broker, *servers.values()):
            server.launch()
        for server in (broker, *servers.values()):
            server.wait_until_ready()
        yield Addresses(
            kind="embedded",
            description=DESCRIPTION.format(mail=directory / "mail"),
            kafka=address.read_text(encoding="utf-8"),
            mongodb_uri=mongodb_uri(database_port),
            smtp_url=f"smtp://127.0.0.1:{smtp_port}" if mail else "",
            servers=servers,
        )


def _python(module: str, directory: Path, arguments: list[str], is_ready: Callable[[Server], bool]) -> Server:
    command = [sys.executable, "-m", f"ventanilla_local.{module}", *arguments]
    return Server(module, command, directory / f"{module}.log", is_ready)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
