# SPDX-License-Identifier: Apache-2.0
"""Going on without what is missing, once a person has decided that it is gone for good."""

import asyncio
import time

from aiokafka.errors import KafkaError

from chassis.batch import Processor
from chassis.decision import Refused
from chassis.inputs import GoOn, Input
from chassis.log_ends import TopicsMissing
from chassis.operating.acts import Acts, By
from chassis.operating.gaps import Gap, Gaps, GapStays
from chassis.operating.horizons import Horizons

CHANGED = "done elsewhere"
READ_WITHIN_SECONDS = 10.0
LOOK_SECONDS = 0.5


class Accepting:
    """Accepts gaps of one service."""

    def __init__(self, gaps: Gaps, horizons: Horizons, processor: Processor, acts: Acts) -> None:
        self._gaps = gaps
        self._horizons = horizons
        self._processor = processor
        self._acts = acts

    async def accept(self, subject: str, topic: str, by: By) -> str:
        """Take the missing events for applied, and apply what waited, in one transaction; what became of it.

        Up to the next event that is here or parked. Raises GapStays where nothing is missing, where something else
        comes first, and where it may only not have been read yet; Unavailable or Conflict.
        """
        gap = next(iter(await self._gaps.of(subject, topic)), None)
        if gap is None:
            raise GapStays("nothing-missing", f"{subject}: nothing of {topic} is missing")
        without = _without(gap)
        await self._is_read(gap)
        seqs = {"topic": topic, "subject": subject, "first": without.after + 1, "seq": without.to}
        act = await self._acts.begin("accept", f"{gap.aggregate.name}/{subject}/{topic}", by, seqs)
        item = Input(gap.aggregate, subject, message=without, beside=(act.done("accepted"),))
        await self._processor.process([item])
        if isinstance(item.outcome, Exception):
            await self._acts.end(act, f"failed: {type(item.outcome).__name__}")
            raise item.outcome
        if isinstance(item.outcome, Refused):
            return await self._acts.end(act, CHANGED)
        return await self._acts.end(act, "accepted")

    async def _is_read(self, gap: Gap) -> None:
        """An event that is on its topic would be lost by accepting that it is not."""
        started = time.monotonic()
        while True:
            try:
                await self._horizons.look([gap.topic])
            except (KafkaError, TopicsMissing, OSError) as error:
                told = f"{gap.topic}: the broker does not answer; whether what is missing is on the topic is not known"
                raise GapStays("broker-away", told) from error
            if self._horizons.read_until(gap.topic, gap.subject) >= started:
                return
            if time.monotonic() - started > READ_WITHIN_SECONDS:
                behind = self._horizons.behind(gap.topic, gap.subject)
                told = f"{gap.topic}: {behind} records of the partition are not read yet; it may be there"
                raise GapStays("unread", told)
            await asyncio.sleep(LOOK_SECONDS)


def _without(gap: Gap) -> GoOn:
    """As far as nothing is passed over that is here or parked. Raises GapStays."""
    following = gap.applied + 1
    if following in gap.parked:
        row_id = gap.parked[following]
        raise GapStays("parked", f"{gap.subject}: seq {following} of {gap.topic} is parked ({row_id}): see dlq")
    if not gap.missing or gap.missing[0][0] != following:
        told = f"{gap.subject}: seq {following} of {gap.topic} is here and waits for another topic"
        raise GapStays("another-first", f"{told}; deal with that first")
    return GoOn(gap.topic, gap.applied, gap.missing[0][1])
