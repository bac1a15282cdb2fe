# SPDX-License-Identifier: Apache-2.0
"""Sending to Kafka: one idempotent producer, built anew when it has failed for good."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaTimeoutError, MessageSizeTooLargeError
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.producer.message_accumulator import BatchBuilder

from chassis.messages import Message

Place = tuple[str, int]
"""Topic (with prefix) and partition."""

LARGEST_REQUEST = 5 * 1024 * 1024
STUCK_SECONDS = 60.0
"""aiokafka's idempotent producer waits for ever; past this it is built anew, since its sender may be dead."""

STOP_SECONDS = 3.0


class Producer:
    """Raises KafkaError and builds itself anew after it; what was under way may then be in the log twice."""

    def __init__(self, bootstrap_servers: str, client_id: str, prefix: str) -> None:
        self._servers = bootstrap_servers
        self._client_id = client_id
        self._prefix = prefix
        self._producer: AIOKafkaProducer | None = None

    async def publish(self, messages: Sequence[Message]) -> None:
        """Send in order, return once all are acknowledged. Raises KafkaError; then any of them may be in the log."""
        try:
            async with asyncio.timeout(STUCK_SECONDS):
                await self._send(await self._started(), messages)
        except TimeoutError:
            await self.stop()
            raise KafkaTimeoutError from None
        except Exception:
            await self.stop()
            raise

    async def _send(self, producer: AIOKafkaProducer, messages: Sequence[Message]) -> None:
        batches = await self._batches(producer, messages)
        sent = [await producer.send_batch(batch, topic, partition=partition) for (topic, partition), batch in batches]
        for outcome in await asyncio.gather(*sent, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome

    async def _batches(
        self, producer: AIOKafkaProducer, messages: Sequence[Message]
    ) -> list[tuple[Place, BatchBuilder]]:
        """The messages of each partition in order, in batches: aiokafka's own ``send`` costs five times as much."""
        made: list[tuple[Place, BatchBuilder]] = []
        filling: dict[Place, BatchBuilder] = {}
        partitions = {
            topic: len(await producer.partitions_for(self._prefix + topic))
            for topic in {message.topic for message in messages}
        }
        for message in messages:
            if message.size() > LARGEST_REQUEST:
                raise MessageSizeTooLargeError(message.topic)
            place = self._prefix + message.topic, _partition(message.key, partitions[message.topic])
            record = {"timestamp": None, "key": message.key, "value": message.value, "headers": list(message.headers)}
            if place not in filling or filling[place].append(**record) is None:  # there is none, or it is full
                filling[place] = producer.create_batch()
                filling[place].append(**record)
                made.append((place, filling[place]))
        return made

    async def _started(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._servers,
                client_id=self._client_id,
                enable_idempotence=True,
                max_batch_size=256 * 1024,
                max_request_size=LARGEST_REQUEST,
                retry_backoff_ms=500,
                request_timeout_ms=30_000,
            )
            try:
                await producer.start()
            except BaseException:
                await _end(producer)
                raise
            self._producer = producer
        return self._producer

    async def stop(self) -> None:
        """Close it, by force if it still waits for the broker."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await _end(producer)


def _partition(key: bytes | None, partitions: int) -> int:
    """Where Kafka's own clients put a key."""
    return random.randrange(partitions) if key is None else _partition_of_key(key, partitions)


@lru_cache(maxsize=4096)
def _partition_of_key(key: bytes, partitions: int) -> int:
    """Kept, since aiokafka's hash is plain Python and the events of a batch share their keys."""
    found: int = DefaultPartitioner()(key, range(partitions), range(partitions))
    return found


async def _end(producer: AIOKafkaProducer) -> None:
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await producer.stop()
    except Exception:  # it waits for what it cannot send, or its sender is dead: cut it off
        with suppress(Exception):
            async with asyncio.timeout(STOP_SECONDS):
                if producer._sender is not None:
                    await producer._sender.close()
        with suppress(Exception):
            await producer.client.close()
