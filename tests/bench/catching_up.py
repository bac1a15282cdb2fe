# SPDX-License-Identifier: Apache-2.0
"""Routing's consumers as processes of their own, at work on what lies in `intake-cases`."""

import asyncio
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaProducer
from pymongo import MongoClient

from chassis.messages import Message
from tests.bench.usage import usage
from tests.bench.workload import write_staff
from ventanilla_local.ports import Ports
from ventanilla_local.process import Server, running
from ventanilla_local.services import ORGANISATION

AT_ONCE = 2000
PATIENCE_SECONDS = 900.0
LOOK_SECONDS = 0.02


@dataclass(frozen=True)
class CaughtUp:
    """Cases a second from the first batch until all were stored and published; CPU seconds per 1,000 of them."""

    per_second: float
    consumers_cpu: float
    database_cpu: float


async def publish(servers: str, prefix: str, messages: Iterable[Message]) -> int:
    """Put the records into their topics, which are there; how many they were."""
    producer = AIOKafkaProducer(bootstrap_servers=servers, enable_idempotence=True, max_batch_size=256 * 1024)
    await producer.start()
    count, rest = 0, iter(messages)
    try:
        while portion := list(islice(rest, AT_ONCE)):
            sent = [await producer.send(prefix + m.topic, m.value, key=m.key, headers=list(m.headers)) for m in portion]
            await asyncio.gather(*sent)
            count += len(sent)
    finally:
        await producer.stop()
    return count


@dataclass
class Routing:
    """What its processes need; they share one group and one database."""

    infrastructure: Mapping[str, str]
    directory: Path
    ports: Ports
    prefix: str
    database: str

    def environment(self) -> dict[str, str]:
        self.directory.mkdir(parents=True, exist_ok=True)
        return {
            **os.environ,
            **ORGANISATION,
            **self.infrastructure,
            "KAFKA_TOPIC_PREFIX": self.prefix,
            "MONGODB_DATABASE": self.database,
            "FILES_URL": f"file://{self.directory.resolve()}",
            "STAFF_FILE": str(write_staff(self.directory)),
            "SIGNING_KEYS": "a-key-for-the-bench-only-of-32-characters",
            "PUBLIC_URL": "http://127.0.0.1:8101",
            "COUNT_HOURS": "0",
        }

    @contextmanager
    def consumers(self, count: int) -> Iterator[list[Server]]:
        """So many instances of the role `consume`."""
        environment = self.environment()
        servers = [self._consumer(n, environment) for n in range(count)]
        with running({server.name: server for server in servers}):
            for server in servers:
                server.launch()
            yield servers

    def _consumer(self, n: int, environment: Mapping[str, str]) -> Server:
        own = {**environment, "PORT": str(self.ports.take())}
        command = [sys.executable, "-m", "routing", "consume"]
        return Server(f"routing {n}", command, self.directory / f"routing-{n}.log", lambda _: True, environment=own)


def catch_up(
    routing: Routing, client: MongoClient[dict[str, Any]], rows: int, *, instances: int, pid: int, among: str = "cases"
) -> CaughtUp:
    """Until the store has so many more rows ``among`` and its outbox is empty; ``pid`` is the database's process."""
    store = client[routing.database]
    there, until = store[among].estimated_document_count(), time.monotonic() + PATIENCE_SECONDS

    def new() -> int:
        if time.monotonic() > until:
            raise TimeoutError(f"{store[among].estimated_document_count() - there} of {rows} {among}")
        time.sleep(LOOK_SECONDS)
        return store[among].estimated_document_count() - there

    with routing.consumers(instances) as servers:
        while not (first := new()):
            pass
        begun, before, before_database = time.monotonic(), _cpu(servers), usage(pid).cpu
        while new() < rows or store["outbox"].estimated_document_count():
            pass
        counted = rows - first
        return CaughtUp(
            per_second=counted / (time.monotonic() - begun),
            consumers_cpu=1000 * (_cpu(servers) - before) / counted,
            database_cpu=1000 * (usage(pid).cpu - before_database) / counted,
        )


def _cpu(servers: Sequence[Server]) -> float:
    return sum(usage(server.pid or 0).cpu for server in servers)
