# SPDX-License-Identifier: Apache-2.0
"""The sides of a comparison in turn, each in a process of its own, on topics and a database of its own."""

import asyncio
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer
from pymongo import MongoClient

from chassis.messages import Message
from chassis.testing import create_topics, delete_topics
from tests.bench.report import Measured

PARTITIONS = 12


@dataclass(frozen=True)
class Place:
    """Topics and a database that no other run uses."""

    prefix: str
    database: str

    async def fill(self, messages: Sequence[Message]) -> None:
        """Put the records into their topics."""
        servers = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
        producer = AIOKafkaProducer(bootstrap_servers=servers, enable_idempotence=True, max_batch_size=256 * 1024)
        await producer.start()
        try:
            sent = [
                await producer.send(self.prefix + one.topic, one.value, key=one.key, headers=list(one.headers))
                for one in messages
            ]
            await asyncio.gather(*sent)
        finally:
            await producer.stop()


@contextmanager
def place() -> Iterator[Place]:
    """A fresh one, gone afterwards."""
    servers, name = os.environ["KAFKA_BOOTSTRAP_SERVERS"], secrets.token_hex(4)
    made = Place(f"bench{name}-", f"bench_{name}")
    asyncio.run(create_topics(servers, made.prefix, PARTITIONS))
    try:
        yield made
    finally:
        asyncio.run(delete_topics(servers, made.prefix))
        with MongoClient[dict[str, object]](os.environ["MONGODB_URI"]) as client:
            client.drop_database(made.database)


def measure(module: str, *arguments: str, python: str = sys.executable) -> Measured:
    """Run one side to its end; what it prints last. Exits with what it complained of if it fails."""
    return Measured(**json.loads(output_of(module, *arguments, python=python)))


def output_of(module: str, *arguments: str, python: str = sys.executable) -> str:
    """The last line that a module of the bench prints."""
    command = [python, "-W", "ignore", "-m", f"tests.bench.{module}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
    if done.returncode:
        sys.exit(f"{module} failed:\n{done.stderr[-2000:]}")
    return done.stdout.splitlines()[-1]
