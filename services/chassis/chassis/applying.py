# SPDX-License-Identifier: Apache-2.0
"""From records to what is decided: in portions of bounded size, or one by one where processes have died (hazard 15)."""

from collections.abc import Iterator, Mapping

from chassis.attempts import Attempts
from chassis.batch import Item, Processor
from chassis.inputs import event_input
from chassis.outbox import Outbox
from chassis.positions import Record, Records
from chassis.records import RawRecord, Reader, Undecodable
from chassis.subjects import Aggregate

BATCH_RECORDS = 500
BATCH_BYTES = 4 * 1024 * 1024
DIED = "a process ended while it applied this record"


class Applying:
    """Applies the records of a service's topics, in order."""

    def __init__(
        self,
        aggregates: Mapping[str, Aggregate],
        reader: Reader,
        processor: Processor,
        outbox: Outbox,
        attempts: Attempts,
    ) -> None:
        """``aggregates``: the kind of subject that each topic is about."""
        self._aggregates = aggregates
        self._reader = reader
        self._processor = processor
        self._outbox = outbox
        self._attempts = attempts
        self._care_left: dict[str, int] = {}

    async def apply(self, records: Records) -> None:
        """Decide and save one portion. Raises Unavailable or BreakerOpen: then it is not saved, or not all of it."""
        await self._outbox.room()
        firsts: dict[str, str] = {}
        for record in records:
            firsts.setdefault(_place(record), str(record.offset))
        for place in await self._attempts.begin(firsts):
            self._care_left.setdefault(place, BATCH_RECORDS)
        if not self._care_left.keys() & firsts.keys():
            await self._processor.process([self._item(record) for record in records])
            self._attempts.passed(firsts)
            return
        await self._apply_with_care(records)

    async def _apply_with_care(self, records: Records) -> None:
        """One by one, until as many were passed as may have been in one batch with what kills."""
        for record in records:
            place = _place(record)
            left = self._care_left.get(place)
            if left is None or await self._attempts.take_alone(place, str(record.offset)):
                await self._processor.process([self._item(record)])
            else:
                await self._processor.process([self._reader.set_aside(record, DIED)])
            if left == 1:
                del self._care_left[place]
                self._attempts.passed([place])
            elif left is not None:
                self._care_left[place] = left - 1

    def _item(self, record: RawRecord) -> Item:
        parsed = self._reader.read(record)
        if isinstance(parsed, Undecodable):
            return parsed  # it is about nobody: neither the seq nor the subject that it claims is to be trusted
        return event_input(parsed, self._aggregates[parsed.origin.topic])


def portions(records: Records, limit: int = BATCH_BYTES) -> Iterator[Records]:
    """Records in order, in portions of at most ``limit`` bytes of values."""
    start = size = 0
    for n, record in enumerate(records):
        length = len(record.value or b"")
        if n > start and size + length > limit:
            yield records[start:n]
            start, size = n, 0
        size += length
    if start < len(records):
        yield records[start:]


def _place(record: Record) -> str:
    return f"{record.topic}/{record.partition}"
