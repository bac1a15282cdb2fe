# SPDX-License-Identifier: Apache-2.0
"""The rules of delivery (design 2), each taken out of the chassis: what a checker must find is done to it here."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from pymongo import ReplaceOne

from chassis import fold
from chassis.batch import Processor, marks
from chassis.decision import TimerFired
from chassis.effects import Effects
from chassis.fold import _Attempt
from chassis.idempotency import Idempotency
from chassis.inputs import Input
from chassis.mongo import Session
from chassis.outbox import Outbox
from chassis.store import BulkOperation, Mark, Partition, Store
from chassis.subjects import Aggregate, Subject, Timer, Turn, turn
from ventanilla_contracts.envelope import Envelope

Patch = pytest.MonkeyPatch


def without_seq(patch: Patch) -> None:
    """Whatever comes is applied."""
    patch.setattr(fold, "turn", lambda *_: Turn.NOW)


def without_seen(patch: Patch) -> None:
    """The seq of its own topic is all that an event waits for."""

    def own_topic_only(subject: Subject, topic: str, envelope: Envelope, _: frozenset[str]) -> Turn:
        return turn(subject, topic, envelope, frozenset())

    patch.setattr(fold, "turn", own_topic_only)


def without_waiting(patch: Patch) -> None:
    """What is not old is applied, whatever is missing before it."""

    def never_waits(subject: Subject, topic: str, envelope: Envelope, reads: frozenset[str]) -> Turn:
        found = turn(subject, topic, envelope, reads)
        return Turn.NOW if found is Turn.LATER else found

    patch.setattr(fold, "turn", never_waits)


def with_marks_before_the_transaction(patch: Patch) -> None:
    """At most once: what was read counts as applied, and then is applied."""
    attempt = Processor._attempt

    async def marks_first(processor: Processor, items: Sequence[Any], now: Any) -> None:
        await _save_marks(processor._store, marks(items))
        await attempt(processor, items, now)

    patch.setattr(Processor, "_attempt", marks_first)


async def _save_marks(of: Store, marks: Mapping[Partition, Mark]) -> None:
    if marks:
        rows = of.database.collection("marks")
        await rows.bulk_write([of._mark(partition, mark) for partition, mark in marks.items()])


def with_marks_after_the_transaction(patch: Patch) -> None:
    """At least once: what is applied counts as read a little later."""
    attempt, save = Processor._attempt, Store.save

    async def marks_last(processor: Processor, items: Sequence[Any], now: Any) -> None:
        await attempt(processor, items, now)
        await _save_marks(processor._store, marks(items))

    async def without_marks(of: Store, session: Session, effects: Effects, _: Mapping[Partition, Mark]) -> None:
        await save(of, session, effects, {})

    patch.setattr(Processor, "_attempt", marks_last)
    patch.setattr(Store, "save", without_marks)


def without_a_look_at_the_timer(patch: Patch) -> None:
    """A timer that was found due is fired, whoever fired it meanwhile."""
    decide = _Attempt._decide

    def sets_it_first(attempt: _Attempt, item: Input) -> None:
        if isinstance(item.message, TimerFired):
            attempt.subject.timers.setdefault(item.message.name, Timer(item.message.due, {}))
        decide(attempt, item)

    patch.setattr(_Attempt, "_is_set", lambda *_: True)
    patch.setattr(_Attempt, "_decide", sets_it_first)


def without_a_look_for_own_documents(patch: Patch) -> None:
    """A publisher knows of what it saw committed, and of nothing else."""
    patch.setattr(Outbox, "look", lambda _: None)
    patch.setattr(Outbox, "_is_time_to_look", lambda _: False)


def without_versions(patch: Patch) -> None:
    """Who saves last has the last word."""

    async def overwrite(of: Store, session: Session, effects: Effects) -> None:
        by_collection: dict[Aggregate, list[BulkOperation]] = {}
        for aggregate, subject_id, _, document in effects.documents:
            by_collection.setdefault(aggregate, []).append(ReplaceOne({"_id": subject_id}, document, upsert=True))
        for aggregate, operations in by_collection.items():
            await of._bulk(session, aggregate.name, operations)

    patch.setattr(Store, "_save_subjects", overwrite)


def without_idempotency_keys(patch: Patch) -> None:
    """Whatever is asked is done, asked before or not."""

    async def all_of_them(_: Idempotency, inputs: Sequence[Input]) -> list[Input]:
        return list(inputs)

    async def keep_nothing(*_: Any) -> None:
        return None

    patch.setattr(Idempotency, "fresh", all_of_them)
    patch.setattr(Idempotency, "save", keep_nothing)
