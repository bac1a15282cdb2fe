# SPDX-License-Identifier: Apache-2.0
"""What a person can do about gaps, wired for one service."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from aiokafka.errors import KafkaError

from chassis.batch import Processor
from chassis.log_ends import TopicsMissing
from chassis.operating.accepting import Accepting
from chassis.operating.acts import Acts
from chassis.operating.copies import Copies
from chassis.operating.gaps import Gap, Gaps
from chassis.operating.horizons import Horizons
from chassis.operating.log_reading import Logs
from chassis.operating.republishing import Republishing
from chassis.operating.rereading import Rereading
from chassis.producer import Producer
from chassis.records import Reader
from chassis.store import Store
from chassis.subjects import Aggregate


@dataclass(frozen=True, slots=True)
class Listed:
    """A gap; ``behind``: how many records of the partition are not read yet, None if the broker does not answer."""

    gap: Gap
    behind: int | None


class GapActs:
    """Find gaps; then, in this order: reread, republish at their producer, or accept."""

    def __init__(
        self,
        service: str,
        store: Store,
        processor: Processor,
        reader: Reader,
        aggregates: Mapping[str, Aggregate],
        logs: Logs,
        producer: Producer,
        prefix: str,
    ) -> None:
        """``aggregates``: the kind of subject that each topic is about; ``producer`` for what is published again."""
        kinds = tuple(dict.fromkeys(aggregates.values()))
        database, self.acts = store.database, Acts(store.database)
        self.found = Gaps(database, kinds, prefix)
        self.horizons = Horizons(store, logs)
        self.rereading = Rereading(self.found, logs, reader, processor, self.acts)
        copies = Copies(database, logs, prefix)
        self.republishing = Republishing(service, database, kinds, self.found, copies, producer, self.acts)
        self.accepting = Accepting(self.found, self.horizons, processor, self.acts)

    async def listed(self, *, subject: str | None = None, subjects: int, seconds: float | None = None) -> list[Listed]:
        """Of one subject, or of those that wait longest; the broker is waited for so long. Raises as ``of`` does."""
        gaps = await self.found.oldest(subjects) if subject is None else await self.found.of(subject)
        topics = {gap.topic for gap in gaps if gap.missing}
        try:
            if topics:
                async with asyncio.timeout(seconds):
                    await self.horizons.look(topics)
        except (KafkaError, TopicsMissing, OSError):
            return [Listed(gap, None) for gap in gaps]
        return [Listed(gap, self.horizons.behind(gap.topic, gap.subject)) for gap in gaps]
