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


@contextmanager
def local(directory: Path, ports: Ports, *, mail: bool) -> Iterator[Addresses]:
    """Start all, wait for all, stop all. What is needed is downloaded the first time."""
    numbers = kept_ports(ports, directory / "ports.json", ["database", "broker", "controller", "smtp", "imap", "api"])
    servers: dict[str, Server] = {}
    with running(servers):
        servers["database"] = mongod_server(directory / "mongod", downloads.mongod(), numbers["database"])
        servers["database"].launch()
        if mail:
            mail_ports = numbers["smtp"], numbers["imap"], numbers["api"]
            servers["mail"] = greenmail_server(directory / "greenmail", downloads.greenmail_jar(), *mail_ports)
            servers["mail"].launch()
        broker = kafka_server(directory / "kafka", downloads.kafka_libraries(), numbers["broker"], numbers["controller"])
        servers["broker"] = broker
        broker.launch()
        for server in servers.values():
            server.wait_until_ready()
        yield Addresses(
            kind="local",
            description="Apache Kafka, mongod and GreenMail as processes of this machine, under .local/",
            kafka=f"127.0.0.1:{numbers['broker']}",
            mongodb_uri=mongodb_uri(numbers["database"]),
            smtp_url=f"smtp://127.0.0.1:{numbers['smtp']}" if mail else "",
            imap_url=f"imap://127.0.0.1:{numbers['imap']}" if mail else "",
            mail_api_url=f"http://127.0.0.1:{numbers['api']}" if mail else "",
            servers=servers,
        )
