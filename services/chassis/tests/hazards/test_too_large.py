# SPDX-License-Identifier: Apache-2.0
"""Hazards 2 and 6: what fails the same way each time, however often it is tried, and what grows until it does."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from aiokafka.errors import MessageSizeTooLargeError
from tests_toy import Note, count, filed, kind, said

from chassis import fold, messages, outbox
from chassis.batch import Processor
from chassis.inputs import Input
from chassis.mongo import Database
from chassis.records import record_fields
from chassis.subjects import Subject
from chassis.testing import eventually
from chassis.testing.process import Broker, Log, Process, wire_without_broker

pytestmark = pytest.mark.infra

CASES = 40
LONG = "\x01" * 20_000
"""120 kB of JSON."""


def count_transactions(toy: Process) -> list[object]:
    """Grows by one with each transaction that is begun."""
    begun: list[object] = []
    transaction = toy.runtime.database.transaction

    async def counted(work: Any) -> Any:
        begun.append(work)
        return await transaction(work)

    toy.runtime.database.transaction = counted  # type: ignore[method-assign]
    return begun


async def parks_a_surrogate(toy: Process, database: Database) -> tuple[int, int, int]:
    """One of forty cases decides what BSON cannot hold: cases saved, records parked, transactions begun."""
    wire, log = wire_without_broker(), Log()
    records = log.append_all(wire.message(f"case-{n}", filed(f"N-{n}")) for n in range(CASES))
    records.append(log.append(wire.message("case-7", said("surrogate in a row"))))
    begun = count_transactions(toy)
    await toy.take(records)
    return await count(database, "cases"), await count(database, "parked"), len(begun)


@pytest.mark.hazard(2)
async def test_what_cannot_be_stored_is_found_before_the_transaction(by_hand: Any, database: Database) -> None:
    assert await parks_a_surrogate(await by_hand(), database) == (CASES, 1, 1)


def take_out_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold, "encoded", lambda document: document)


@pytest.mark.hazard(2, without="encode before the transaction")
async def test_without_it_a_batch_is_tried_again_and_again(
    by_hand: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_out_encoding(monkeypatch)
    cases, parked, begun = await parks_a_surrogate(await by_hand(), database)
    assert (cases, parked) == (CASES, 1)  # halving finds it all the same, at a price
    assert begun > 10


@pytest.mark.hazard(2, without="halve down to one record and park it")
async def test_without_halving_either_the_whole_batch_is_never_saved(
    by_hand: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def does_not_halve(_: Processor, __: Any, error: Exception, ___: Any) -> None:
        raise error

    take_out_encoding(monkeypatch)
    monkeypatch.setattr(Processor, "_narrow_down", does_not_halve)
    toy = await by_hand()
    for _ in range(2):
        with pytest.raises(UnicodeEncodeError):
            await parks_a_surrogate(toy, database)
    assert await count(database, "cases") == 0


async def saves_nineteen_megabytes(toy: Process, database: Database) -> tuple[int, int]:
    """160 events of 120 kB in one batch: cases saved, transactions begun."""
    begun = count_transactions(toy)
    await toy.runtime.processor.process([Input(kind(toy.service), f"c-{n}", message=Note(LONG)) for n in range(160)])
    return await count(database, "cases"), len(begun)


@pytest.mark.hazard(2)
async def test_what_a_batch_tells_is_cut_by_bytes_into_documents(by_hand: Any, database: Database) -> None:
    assert await saves_nineteen_megabytes(await by_hand(), database) == (160, 1)
    assert await count(database, "outbox") == 3


@pytest.mark.hazard(2, without="outbox documents of at most 8 MB")
async def test_without_it_the_transaction_cannot_be_saved(
    by_hand: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "by_size", lambda told: [told])
    assert await saves_nineteen_megabytes(await by_hand(), database) == (160, 3)  # in halves, after one in vain


class NarrowBroker(Broker):
    """It refuses what its topic would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.refused = 0

    async def publish(self, messages: Sequence[messages.Message]) -> None:
        if any(len(message.value or b"") > 300_000 for message in messages):
            self.refused += 1
            raise MessageSizeTooLargeError
        await super().publish(messages)


async def published_after_a_giant(toy: Process) -> int:
    """One case tells 360 kB, another one a word: how many events of the second leave."""
    broker = NarrowBroker()
    toy.outbox._producer = broker  # type: ignore[assignment]
    publishing = asyncio.create_task(toy.outbox.run())
    try:
        for case, text in (("case-1", "\x01" * 60_000), ("case-2", "short")):
            await toy.ask(case, Note(text))
        await eventually(lambda: broker.messages or broker.refused >= 2)
    finally:
        publishing.cancel()
        await asyncio.gather(publishing, return_exceptions=True)
    return len(broker.messages)


@pytest.mark.hazard(2)
async def test_an_event_that_no_topic_takes_is_not_decided(by_hand: Any) -> None:
    assert await published_after_a_giant(await by_hand()) == 1


@pytest.mark.hazard(2, without="measure before the transaction")
async def test_an_event_that_cannot_be_published_blocks_all_behind_it(
    by_hand: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "MAX_EVENT_BYTES", 10_000_000)
    assert await published_after_a_giant(await by_hand()) == 0


async def keeps_what_waits(toy: Process, database: Database) -> tuple[int, int]:
    """A case's first event is missing and 16 MB of later ones come: how many wait, how many are parked."""
    wire, log = wire_without_broker(), Log()
    wire.message("case-1", filed("missing"))
    records = log.append_all(wire.message("case-1", said("\x01" * 40_000)) for _ in range(68))
    await toy.take(records[:34])
    await toy.take(records[34:])
    return await count(database, "waiting"), await count(database, "parked")


@pytest.mark.hazard(6)
async def test_events_wait_as_rows_of_their_own(by_hand: Any, database: Database) -> None:
    assert await keeps_what_waits(await by_hand(), database) == (68, 0)


@pytest.mark.hazard(6, without="waiting events are rows of their own")
async def test_kept_in_the_state_they_are_too_much_for_it(
    by_hand: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: dict[str, list[Any]] = {}
    wait, document = fold._Attempt._wait, Subject.document

    def holds(attempt: Any, item: Any) -> None:
        wait(attempt, item)
        held[attempt.subject.id] = [record_fields(one.parsed.raw) for one in attempt.waiting]

    def with_what_waits(subject: Subject) -> dict[str, Any]:
        return {**document(subject), "held": held.get(subject.id, [])}

    monkeypatch.setattr(fold._Attempt, "_wait", holds)
    monkeypatch.setattr(Subject, "document", with_what_waits)
    waiting, parked = await keeps_what_waits(await by_hand(), database)
    assert waiting < 68
    assert parked > 0
