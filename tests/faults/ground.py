# SPDX-License-Identifier: Apache-2.0
"""The servers of a house that are there to be hit: each instance of a service has links of its own to them."""

import os
import secrets
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.disk import SmallDisk
from tests.faults.disk import small_disk as disk_at
from ventanilla_local import downloads
from ventanilla_local.downloads import DownloadError
from ventanilla_local.greenmail import greenmail_server
from ventanilla_local.kafka import ProxiedPort, kafka_server
from ventanilla_local.machine import look
from ventanilla_local.mongod import mongod_server, mongodb_uri
from ventanilla_local.ports import Ports
from ventanilla_local.process import Server, running
from ventanilla_local.services import SERVICES
from ventanilla_local.toxiproxy import Link, toxiproxy, toxiproxy_server
from ventanilla_local.way import choose

INSTANCES = tuple(f"{service}-{which}" for service in SERVICES for which in "ab")


@dataclass
class Ground:
    """`links`: those of each instance by the server that they lead to; empty where Toxiproxy cannot be had.

    `disk`: the database's own, if it has one.
    """

    servers: dict[str, Server]
    port: dict[str, int]
    mail: Path
    mailbox: str
    links: dict[str, dict[str, Link]] = field(default_factory=dict)
    no_links: str = ""
    disk: SmallDisk | None = None

    @property
    def kafka(self) -> str:
        return f"127.0.0.1:{self.port['broker']}"

    @property
    def mongodb(self) -> str:
        return mongodb_uri(self.port["database"])

    def environment(self, instance: str) -> dict[str, str]:
        """Where this instance finds everything: behind its own links, if there are any."""
        links = self.links.get(instance, {})
        port = {**self.port, **{server: link.port for server, link in links.items()}}
        away = f"mongodb://127.0.0.1:{port['database']}/?directConnection=true"  # else the driver leaves the link
        return {
            "KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{port['broker']}",
            "MONGODB_URI": away if links else self.mongodb,
            "SMTP_URL": f"smtp://127.0.0.1:{port['mail-server']}",
            "IMAP_URL": f"imap://{self.mailbox.replace('@', '%40')}:secret@127.0.0.1:{port['mailbox']}/INBOX",
        }

    def links_to(self, server: str) -> list[Link]:
        """Every instance's; those to the mail server and to the mailbox are one."""
        wanted = (server, "mailbox") if server == "mail-server" else (server,)
        return [link for links in self.links.values() for name, link in links.items() if name in wanted]


@contextmanager
def ground(directory: Path, ports: Ports, *, small_disk: bool = False) -> Iterator[Ground]:
    """Kafka, MongoDB, a mail sink that keeps every mail, GreenMail for the mailbox, Toxiproxy before all of them.

    Raises NoWayError where this machine lacks what they need.
    """
    choose("local", "test", os.environ, look(), mail=True)
    names = ("broker", "controller", "database", "mail-server", "mailbox", "mailbox-smtp", "mailbox-api", "proxy")
    port = {name: ports.take() for name in names}
    mail = directory / "mail"
    found = Ground({}, port, mail, f"pqrs-{secrets.token_hex(4)}@caja.example")
    with running(found.servers):
        proxied = _proxy(found, directory, ports)
        servers = found.servers
        servers["database"] = mongod_server(directory / "mongod", downloads.mongod(), port["database"])
        if small_disk:
            _give_disk(found, directory / "mongod" / "data")
        jars = downloads.kafka_libraries()
        servers["broker"] = kafka_server(directory / "kafka", jars, port["broker"], port["controller"], proxied)
        servers["mail-server"] = sink(directory, port["mail-server"], mail)
        mailbox = (port["mailbox-smtp"], port["mailbox"], port["mailbox-api"])
        servers["mailbox"] = greenmail_server(directory / "greenmail", downloads.greenmail_jar(), *mailbox)
        for server in servers.values():
            if server.pid is None:
                server.launch()
        for server in servers.values():
            server.wait_until_ready()
        yield found


def _give_disk(found: Ground, directory: Path) -> None:
    shutil.rmtree(directory)  # what is below is made anew on it
    found.disk = disk_at(directory)
    found.servers["disk"] = found.disk.holder
    found.disk.holder.start()
    database = found.servers["database"]
    database.command = found.disk.inside(database.command)


def sink(directory: Path, port: int, mail: Path) -> Server:
    """What it has taken outlives it, unlike GreenMail's mail."""
    command = [sys.executable, "-m", "ventanilla_local.mail_sink", str(port), str(mail)]
    return Server("mail sink", command, directory / "sink.log", lambda _: _listens(port))


def _listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2):
            return True
    except OSError:
        return False


def _proxy(found: Ground, directory: Path, ports: Ports) -> dict[str, ProxiedPort]:
    """Start Toxiproxy and lay the links; the doors that the broker then needs."""
    try:
        program = toxiproxy()
    except DownloadError as why:
        found.no_links = str(why)
        return {}
    control, proxied = found.port["proxy"], {}
    found.servers["proxy"] = toxiproxy_server(directory, program, control)
    found.servers["proxy"].start()
    for instance in INSTANCES:
        door = ProxiedPort(ports.take(), ports.take())
        proxied[instance.upper().replace("-", "")] = door
        links = {"broker": Link(f"{instance}-broker", control, door.advertised, door.port)}
        for server in ("database", "mail-server", "mailbox"):
            links[server] = Link(f"{instance}-{server}", control, ports.take(), found.port[server])
        for link in links.values():
            link.add()
        found.links[instance] = links
    return proxied
