# SPDX-License-Identifier: Apache-2.0
"""Topics from their first record to where they ended when the audit began; no group, nothing is committed."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition

from chassis.log_ends import partitions_of
from chassis.operating.log_reading import log_consumer, records_of
from chassis.positions import Record
from reporting.domain.audit.verdict import Bounds


class TopicReader:
    """Reads whole topics, one after the other."""

    def __init__(self, consumer: AIOKafkaConsumer, prefix: str, partitions: Mapping[str, int]) -> None:
        self._consumer = consumer
        self._prefix = prefix
        self._partitions = partitions

    async def bounds(self, topics: Iterable[str]) -> Bounds:
        """First offset and end of each partition, now. Raises KafkaError."""
        places = {
            TopicPartition(self._prefix + topic, n): (topic, n)
            for topic in topics
            for n in range(self._partitions[topic])
        }
        ends = await self._consumer.end_offsets(list(places))
        starts = await self._consumer.beginning_offsets(list(places))
        return {place: (starts[partition], ends[partition]) for partition, place in places.items()}

    async def read(self, topic: str, bounds: Bounds, take: Callable[[Record], None]) -> None:
        """Every record within the bounds, each partition in order. Raises KafkaError, BrokerSilent."""
        spans = {TopicPartition(self._prefix + topic, n): span for (name, n), span in bounds.items() if name == topic}
        async for records in records_of(self._consumer, spans):
            for record in records:
                take(record)


@asynccontextmanager
async def topic_reader(bootstrap: str, prefix: str, topics: Iterable[str]) -> AsyncIterator[TopicReader]:
    """Raises TopicsMissing, KafkaError."""
    partitions = await partitions_of(bootstrap, prefix, topics)
    async with log_consumer(bootstrap, "ventanilla-audit") as consumer:
        yield TopicReader(consumer, prefix, partitions)
