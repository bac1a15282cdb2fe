# SPDX-License-Identifier: Apache-2.0
"""A backlog of cases that were filed while routing was away: how fast one, two and three instances catch up."""

import argparse
import asyncio
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pymongo import MongoClient

from chassis.testing import create_topics
from tests.bench.catching_up import CaughtUp, Routing, catch_up, publish
from tests.bench.workload import filed
from ventanilla_local.addresses import Addresses
from ventanilla_local.downloads import LOCAL
from ventanilla_local.infra import infra
from ventanilla_local.ports import Ports, claimed_ports

PARTITIONS = 12


@contextmanager
def servers_of_its_own() -> Iterator[tuple[Addresses, Path, Ports, "MongoClient[dict[str, Any]]"]]:
    """A fresh broker and database, a directory and ports."""
    LOCAL.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(prefix="bench-", dir=LOCAL) as directory,
        claimed_ports() as ports,
        infra(kind="local", purpose="test", mail=False) as servers,
        MongoClient[dict[str, Any]](servers.mongodb_uri, tz_aware=True) as client,
    ):
        yield servers, Path(directory), ports, client


def measure(events: int, instances: list[int]) -> dict[int, CaughtUp]:
    """The same events for each number of instances, each with a group and a database of its own."""
    found = {}
    with servers_of_its_own() as (servers, directory, ports, client):
        prefix = f"backlog{secrets.token_hex(3)}-"
        asyncio.run(create_topics(servers.kafka, prefix, PARTITIONS))
        asyncio.run(publish(servers.kafka, prefix, filed(events)))
        for count in instances:
            routing = Routing(servers.environment(), directory / f"{count}", ports, prefix, f"backlog{count}")
            pid = servers.database.pid or 0
            found[count] = catch_up(routing, client, events, instances=count, pid=pid)
            print(count, found[count], flush=True)
            client.drop_database(routing.database)
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--instances", type=int, nargs="+", default=[1, 2, 3])
    chosen = parser.parse_args()
    print(json.dumps({count: asdict(one) for count, one in measure(chosen.events, chosen.instances).items()}))
