# SPDX-License-Identifier: Apache-2.0
"""Kafka, mongod and GreenMail as processes of this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import downloads
from .addresses import Addresses
from .greenmail import greenmail_server
from .kafka import kafka_server
from .mongod import mongod_server, mongodb_uri
from .ports import Ports, kept_ports
from .process import Server, running

PARTS = ("database", "broker", "controller", "smtp", "imap", "api")


@contextmanager
def local(directory: Path, ports: Ports, *, mail: bool) -> Iterator[Addresses]:
    """Start all, wait for all, stop all. What is needed is downloaded the first time."""
    port = kept_ports(ports, directory / "ports.json", PARTS)
    servers: dict[str, Server] = {}
    with running(servers):
        servers["database"] = mongod_server(directory / "mongod", downloads.mongod(), port["database"])
        servers["database"].launch()
        if mail:
            jar = downloads.greenmail_jar()
            servers["mail"] = greenmail_server(directory / "greenmail", jar, port["smtp"], port["imap"], port["api"])
            servers["mail"].launch()
        jars = downloads.kafka_libraries()
        servers["broker"] = kafka_server(directory / "kafka", jars, port["broker"], port["controller"])
        servers["broker"].launch()
        for server in servers.values():
            server.wait_until_ready()
        yield addresses("local", "Kafka, mongod and GreenMail as processes under .local/", port, servers)


def addresses(kind: str, description: str, port: dict[str, int], servers: dict[str, Server]) -> Addresses:
    """The addresses of these servers, all on 127.0.0.1."""
    mail = "mail" in servers
    return Addresses(
        kind=kind,
        description=f"INFRA={kind}: {description}",
        kafka=f"127.0.0.1:{port['broker']}",
        mongodb_uri=mongodb_uri(port["database"]),
        smtp_url=f"smtp://127.0.0.1:{port['smtp']}" if mail else "",
        imap_url=f"imap://127.0.0.1:{port['imap']}" if mail else "",
        mail_api_url=f"http://127.0.0.1:{port['api']}" if mail else "",
        servers=servers,
    )
