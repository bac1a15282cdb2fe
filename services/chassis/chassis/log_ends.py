# SPDX-License-Identifier: Apache-2.0
"""How long topics are at this moment, asked outside of any consumer group."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

Ends = Mapping[tuple[str, int], int]
"""By topic (without prefix) and partition, the offset that the next record will have."""


class TopicsMissing(Exception):
    """The broker does not have these topics: ``python -m chassis topics --apply`` creates them."""


async def partitions_of(bootstrap: str, prefix: str, topics: Iterable[str]) -> dict[str, int]:
    """How many partitions each of the topics has. Raises TopicsMissing, KafkaError."""
    wanted = list(topics)
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, client_id="ventanilla-ends")
    try:
        await admin.start()
        # All are asked for: asked by name, a missing one may be created by the broker.
        found = {one["topic"]: len(one["partitions"]) for one in await admin.describe_topics() if not one["error_code"]}
    finally:
        await admin.close()
    missing = [prefix + topic for topic in wanted if not found.get(prefix + topic)]
    if missing:
        raise TopicsMissing(", ".join(missing))
    return {topic: found[prefix + topic] for topic in wanted}


class LogEnds:
    """Asks again and again how long the same topics are."""

    def __init__(self, consumer: AIOKafkaConsumer, partitions: Mapping[TopicPartition, tuple[str, int]]) -> None:
        self._consumer = consumer
        self._partitions = partitions

    async def now(self) -> Ends:
        """Raises KafkaError."""
        if not self._partitions:
            return {}
        ends = await self._consumer.end_offsets(list(self._partitions))
        return {self._partitions[partition]: end for partition, end in ends.items()}


@asynccontextmanager
async def log_ends(bootstrap: str, prefix: str, topics: Iterable[str]) -> AsyncIterator[LogEnds]:
    """Raises TopicsMissing, KafkaError."""
    counts = await partitions_of(bootstrap, prefix, topics)
    partitions = {
        TopicPartition(prefix + topic, n): (topic, n) for topic, count in counts.items() for n in range(count)
    }
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, client_id="ventanilla-ends", enable_auto_commit=False)
    try:
        await consumer.start()
        yield LogEnds(consumer, partitions)
    finally:
        await consumer.stop()
