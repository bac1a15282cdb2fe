# SPDX-License-Identifier: Apache-2.0
"""One batch through the one door: resolve, load, decide, save in one transaction, hand to the outbox (design 2).

Events, timers and commands all come through here. Trouble is answered as design 2 says: a conflict is decided again on
fresh state with the same ``now``, and after three of them in halves; what no retry cures is parked.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.clock import Clock
from chassis.decision import Refused, TimerFired
from chassis.effects import Effects
from chassis.fold import Folder
from chassis.idempotency import Idempotency
from chassis.ids import trace_id
from chassis.inputs import Input, event_input
from chassis.log import get_logger
from chassis.metrics import Metrics
from chassis.mongo import CommitUnknown, Conflict, Session, Taken, Unavailable, translated
from chassis.outbox import Made, Outbox
from chassis.records import Reader, StoredRecord, Undecodable
from chassis.store import Mark, Partition, Store
from chassis.subjects import Aggregate, Subject

_log = get_logger(__name__)

Item = Input | Undecodable
Key = tuple[Aggregate, str]

TRIES_BEFORE_HALVING = 3
TRIES_OF_A_TAKEN_KEY = 10
"""A single item that finds its key taken so often will find it taken for ever."""
LINES_AT_ONCE = 20
"""So many cases of a batch are named in the logs, line by line; DEBUG names all."""

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
    complete the messages of inputs and returns those (case numbers, hazard 13); ``prepare`` runs before it, and gives
    inputs a message in place of their event where the rules need more than the event says.
    """

    resolve: Callable[[Sequence[Input], datetime], Awaitable[None]] | None = None
    number: Callable[[Session, Sequence[tuple[Input, Subject]], datetime], Awaitable[list[Input]]] | None = None
    prepare: Callable[[Sequence[tuple[Input, Subject]]], Awaitable[None]] | None = None


@dataclass(slots=True)
class _Loaded:
    """The inputs to decide by subject, with the subjects and their waiting events."""

    inputs: dict[Key, list[Input]]
    subjects: dict[Key, Subject]
    waiting: dict[Key, list[Input]]

    def with_subjects(self) -> list[tuple[Input, Subject]]:
        return [(item, self.subjects[key]) for key, inputs in self.inputs.items() for item in inputs]

    def with_waiting(self) -> list[tuple[Input, Subject]]:
        """All that may be decided now, what waits for its turn too."""
        waiting = [(item, self.subjects[key]) for key, inputs in self.waiting.items() for item in inputs]
        return [*self.with_subjects(), *waiting]


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
        self._given_up_in_a_row = 0
        self._awaited: dict[str, asyncio.Event] = {}

    def written(self, collection: str) -> asyncio.Event:
        """Set whenever this process has saved rows of a service's own collection: who waits need not look for them."""
        return self._awaited.setdefault(collection, asyncio.Event())

    async def process(self, items: Sequence[Item], now: datetime | None = None) -> None:
        """Apply the items; each input's ``outcome`` is set, and ``saved`` once it stands.

        Raises Unavailable or BreakerOpen: then what is not ``saved`` is not done. After CommitUnknown (an Unavailable)
        it may have been all the same: events are read again, commands asked again.
        """
        now = now or self._clock.now()
        conflicts = 0
        while items:
            try:
                return await self._attempt(items, now)
            except _Redo:
                items = [kept for item in items if (kept := _without_its_fault(item)) is not None]
            except Conflict as conflict:
                conflicts += 1
                self._metrics.conflicts.inc()
                if _try_again(conflict, conflicts, len(items)):
                    await asyncio.sleep(random.uniform(0.005, 0.2))
                else:
                    items = await self._narrow_down(items, conflict, now)
            except Exception as error:
                self._raise_if_all_must_wait(error)
                items = await self._narrow_down(items, error, now)
        return None

    def _raise_if_all_must_wait(self, error: Exception) -> None:
        """Of everything else only an item can be the cause: which one, halving shows."""
        if isinstance(error, CommitUnknown):
            self._outbox.look()
        if isinstance(error, (Unavailable, BreakerOpen)):
            raise error
        if isinstance(error, (ConnectionError, TimeoutError)):
            raise Unavailable(type(error).__name__) from error

    async def _narrow_down(self, items: Sequence[Item], error: Exception, now: datetime) -> list[Item]:
        """In halves, in order, so that the first is a prefix of every partition; the last one left is given up."""
        if len(items) == 1:
            return await self._give_up(items[0], error)
        _log.warning("halved", items=len(items), error=type(error).__name__, code=getattr(error, "code", None))
        middle = len(items) // 2
        await self.process(items[:middle], now)
        await self.process(items[middle:], now)
        return []

    async def _give_up(self, item: Item, error: Exception) -> list[Item]:
        """A single item that cannot be saved: an event or timer is parked, whoever asks is told."""
        if isinstance(item, Undecodable):
            raise error
        _log.error("given-up", subject=item.subject, error=type(error).__name__, exc_info=error)
        item.outcome = error
        if isinstance(item.message, TimerFired):
            reason = f"{type(error).__name__} while saving"
            await self._store.park_timer(item.aggregate, item.subject, item.message, reason)
            return []
        if item.parsed is None or not item.moves_mark:
            return []
        self._given_up_in_a_row += 1
        if self._given_up_in_a_row >= BREAKER_LEAST:
            self._given_up_in_a_row = 0
            raise BreakerOpen(f"{BREAKER_LEAST} records in a row could not be saved: {type(error).__name__}")
        kept = _without_its_fault(item)
        return [] if kept is None else [kept]

    async def _attempt(self, items: Sequence[Item], now: datetime) -> None:
        inputs = [item for item in items if isinstance(item, Input)]
        for item in inputs:
            item.outcome = None
        await self._resolve([item for item in inputs if item.resolved or not item.subject], now)
        loaded = await self._load(await self._idempotency.fresh(await self._still_parked(inputs)))
        if self._hooks.prepare is not None and loaded.inputs:
            await self._hooks.prepare(loaded.with_waiting())
        effects, made = await self._store.database.transaction(
            lambda session: self._decide_and_save(session, items, loaded, now)
        )
        self._outbox.submit(made)
        self._idempotency.repeat(inputs)
        for item in inputs:
            item.saved = True
        if inputs:
            self._given_up_in_a_row = 0
        self._report(effects, len(items))
        self._wake(effects)
        _tell(inputs)

    def _wake(self, effects: Effects) -> None:
        for collection in self._awaited.keys() & {row.collection for _, row in effects.rows} if self._awaited else ():
            self._awaited[collection].set()

    async def _resolve(self, inputs: Sequence[Input], now: datetime) -> None:
        if self._hooks.resolve is not None and inputs:
            with translated():
                await self._hooks.resolve(inputs, now)
            for item in inputs:
                item.resolved = True

    def _report(self, effects: Effects, items: int) -> None:
        self._metrics.saved(effects.counts, items)
        if effects.counts.get("forged"):
            self._metrics.alarm("producer-was-restored")
            _log.error("producer-was-restored", events=effects.counts["forged"], cure="resync that producer")

    async def _still_parked(self, inputs: Sequence[Input]) -> Sequence[Input]:
        """Without the parked rows that somebody else replayed or discarded meanwhile."""
        row_ids = [item.row_id for item in inputs if item.row_id]
        if not row_ids:
            return inputs
        there = await self._store.still_parked(row_ids)
        return [item for item in inputs if item.row_id is None or item.row_id in there]

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
    ) -> tuple[Effects, list[Made]]:
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


def _tell(inputs: Sequence[Input]) -> None:
    """A line for each case with its trace; a catch-up is told in one, where a line costs as much as an event."""
    if len(inputs) > LINES_AT_ONCE and not logging.getLogger(__name__).isEnabledFor(logging.DEBUG):
        _log.info("applied-many", inputs=len(inputs))
        return
    for item in inputs:
        _log.info("applied", subject=item.subject, trace_id=trace_id(item.traceparent), what=item.name)


def _try_again(conflict: Conflict, times: int, items: int) -> bool:
    if items > 1:
        return times < TRIES_BEFORE_HALVING
    return times < TRIES_OF_A_TAKEN_KEY or not isinstance(conflict, Taken)


def marks(items: Sequence[Item]) -> dict[Partition, Mark]:
    """How far each partition is applied once these items are saved."""
    found: dict[Partition, Mark] = {}
    for item in items:
        parsed = item.parsed if isinstance(item, Input) else item
        if parsed is not None and parsed.origin.offset >= 0 and (not isinstance(item, Input) or item.moves_mark):
            origin = parsed.origin
            found[origin.topic, origin.partition] = Mark(origin.offset + 1, origin.offset, origin.timestamp)
    return found


def _without_its_fault(item: Item) -> Item | None:
    """What is left to do about an input that raised, was refused or cannot be saved: its record is parked."""
    if not isinstance(item, Input) or not isinstance(item.outcome, (Refused, Exception)):
        return item
    if item.parsed is None or not item.moves_mark:
        return None
    parsed = item.parsed
    reason = f"{type(item.outcome).__name__} while deciding"
    return Undecodable(parsed.origin, parsed.raw, reason, parsed.envelope)
