# SPDX-License-Identifier: Apache-2.0
"""One batch through the one door: resolve, load, decide, save in one transaction, hand to the outbox (design 2).

Events, timers and commands all come through here. Trouble is answered as design 2 says: a conflict is decided again on
fresh state with the same ``now``, and after three of them in halves; what no retry cures is parked.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bson.raw_bson import RawBSONDocument
from pymongo.errors import PyMongoError

from chassis.clock import Clock
from chassis.decision import Refused
from chassis.documents import Unstorable
from chassis.fold import Effects, Folder, Input, event_input
from chassis.idempotency import Idempotency
from chassis.log import get_logger
from chassis.messages import Message
from chassis.metrics import Metrics
from chassis.mongo import CommitUnknown, Conflict, Session
from chassis.outbox import Outbox
from chassis.records import Reader, StoredRecord, Undecodable
from chassis.store import Mark, Partition, Store
from chassis.subjects import Aggregate, Subject

_log = get_logger(__name__)

Item = Input | Undecodable
Key = tuple[Aggregate, str]
Made = list[tuple[str, list[Message], RawBSONDocument]]

TRIES_BEFORE_HALVING = 3
BREAKER_LEAST = 20
"""A batch shorter than this may be parked whole: that many bad records in a row are no outage."""


class BreakerOpen(Exception):
    """Most of a batch would be parked: the fault is ours, or everybody's; nothing was saved."""


class _Redo(Exception):
    """An input that took a number cannot be applied: decide again without it, so that no number is lost."""


@dataclass(frozen=True)
class Hooks:
    """What a service may add.

    ``resolve`` names the subject of inputs that come without one; ``number`` runs first in the transaction, may
    complete the messages of inputs and returns those (case numbers, hazard 13).
    """

    resolve: Callable[[Sequence[Input], datetime], Awaitable[None]] | None = None
    number: Callable[[Session, Sequence[tuple[Input, Subject]], datetime], Awaitable[list[Input]]] | None = None


@dataclass(slots=True)
class _Loaded:
    """The inputs to decide by subject, with the subjects and their waiting events."""

    inputs: dict[Key, list[Input]]
    subjects: dict[Key, Subject]
    waiting: dict[Key, list[Input]]

    def with_subjects(self) -> list[tuple[Input, Subject]]:
        return [(item, self.subjects[key]) for key, inputs in self.inputs.items() for item in inputs]


class Processor:
    """Decides and saves batches; any number of them at a time, in any number of processes."""

    def __init__(
        self, service: str, store: Store, outbox: Outbox, reader: Reader, clock: Clock, metrics: Metrics, hooks: Hooks
    ) -> None:
        self._service = service
        self._store = store
        self._outbox = outbox
        self._reader = reader
        self._clock = clock
        self._metrics = metrics
        self._hooks = hooks
        self._idempotency = Idempotency(store.database)

    async def process(self, items: Sequence[Item], now: datetime | None = None) -> None:
        """Apply the items; each input's ``outcome`` is set. Raises Unavailable or BreakerOpen: then nothing was saved.

        After CommitUnknown (an Unavailable) it may have been saved: events are read again, commands asked again.
        """
        now = now or self._clock.now()
        tries = 0
        while items:
            try:
                return await self._attempt(items, now)
            except _Redo:
                items = [kept for item in items if (kept := _without_its_fault(item)) is not None]
            except Conflict:
                tries += 1
                self._metrics.conflicts.inc()
                if tries >= TRIES_BEFORE_HALVING and len(items) > 1:
                    return await self._in_halves(items, now)
                await asyncio.sleep(random.uniform(0.005, 0.2))
            except CommitUnknown:
                self._outbox.look()
                raise
            except (PyMongoError, Unstorable) as error:
                if len(items) > 1:
                    return await self._in_halves(items, now)
                items = _given_up(items[0], error)
        return None

    async def _in_halves(self, items: Sequence[Item], now: datetime) -> None:
        """In order, so that the first half is a prefix of every partition."""
        middle = len(items) // 2
        await self.process(items[:middle], now)
        await self.process(items[middle:], now)

    async def _attempt(self, items: Sequence[Item], now: datetime) -> None:
        inputs = [item for item in items if isinstance(item, Input)]
        for item in inputs:
            item.outcome = None
        if self._hooks.resolve is not None:
            await self._hooks.resolve([item for item in inputs if not item.subject], now)
        loaded = await self._load(await self._idempotency.fresh(inputs))
        effects, made = await self._store.database.transaction(
            lambda session: self._decide_and_save(session, items, loaded, now)
        )
        self._outbox.submit(made)
        self._idempotency.repeat(inputs)
        self._metrics.saved(effects.counts, len(items))

    async def _load(self, inputs: Sequence[Input]) -> _Loaded:
        loaded = _Loaded({}, {}, {})
        for item in inputs:
            loaded.inputs.setdefault((item.aggregate, item.subject), []).append(item)
        for aggregate in {aggregate for aggregate, _ in loaded.inputs}:
            ids = [subject_id for found, subject_id in loaded.inputs if found is aggregate]
            subjects = await self._store.subjects(aggregate, ids)
            loaded.subjects.update({(aggregate, subject_id): subject for subject_id, subject in subjects.items()})
            with_waiting = [subject_id for subject_id, subject in subjects.items() if subject.waiting]
            if with_waiting:
                for row in await self._store.waiting(aggregate, with_waiting):
                    parsed = self._reader.read(StoredRecord.from_row(row))
                    waiting = event_input(parsed, aggregate, subject=row["subject"])
                    loaded.waiting.setdefault((aggregate, waiting.subject), []).append(waiting)
        return loaded

    async def _decide_and_save(
        self, session: Session, items: Sequence[Item], loaded: _Loaded, now: datetime
    ) -> tuple[Effects, Made]:
        numbered: list[Input] = []
        if self._hooks.number is not None:
            numbered = await self._hooks.number(session, loaded.with_subjects(), now)
        effects = self._decide(items, loaded, now)
        if any(isinstance(item.outcome, (Refused, Exception)) for item in numbered):
            raise _Redo
        made = self._outbox.documents(effects.messages, now)
        await self._store.save(session, effects, marks(items))
        await self._idempotency.save(session, [item for inputs in loaded.inputs.values() for item in inputs])
        await self._outbox.save(session, made)
        return effects, made

    def _decide(self, items: Sequence[Item], loaded: _Loaded, now: datetime) -> Effects:
        folder = Folder(self._service, now)
        for item in items:
            if isinstance(item, Undecodable):
                folder.park(item, item.reason)
        for key, inputs in loaded.inputs.items():
            folder.fold(key[0], loaded.subjects[key], inputs, loaded.waiting.get(key, ()))
        for item in folder.effects.failed:
            _log.error("decide-raised", subject=item.subject, error=type(item.outcome).__name__, exc_info=item.outcome)
        events = sum(1 for item in items if not isinstance(item, Input) or item.parsed is not None)
        if events >= BREAKER_LEAST and folder.effects.counts.get("parked", 0) * 2 > events:
            raise BreakerOpen(f"{folder.effects.counts['parked']} of {events} records would be parked")
        return folder.effects


def marks(items: Sequence[Item]) -> dict[Partition, Mark]:
    """How far each partition is applied once these items are saved."""
    found: dict[Partition, Mark] = {}
    for item in items:
        parsed = item.parsed if isinstance(item, Input) else item
        if parsed is not None and parsed.origin.offset >= 0 and (not isinstance(item, Input) or item.row_id is None):
            origin = parsed.origin
            found[origin.topic, origin.partition] = Mark(origin.offset + 1, origin.offset, origin.timestamp)
    return found


def _without_its_fault(item: Item) -> Item | None:
    """What is left to do about an input whose decision raised or was refused after it had taken a number."""
    if not isinstance(item, Input) or not isinstance(item.outcome, (Refused, Exception)):
        return item
    if item.parsed is None:
        return None
    parsed = item.parsed
    reason = f"{type(item.outcome).__name__} while deciding"
    return Undecodable(parsed.origin, parsed.raw, reason, parsed.envelope)


def _given_up(item: Item, error: Exception) -> list[Item]:
    """A single item that cannot be saved: an event is parked, whoever asks is told."""
    if isinstance(item, Undecodable) or item.parsed is None:
        raise error
    item.outcome = error
    kept = _without_its_fault(item)
    return [] if kept is None else [kept]
