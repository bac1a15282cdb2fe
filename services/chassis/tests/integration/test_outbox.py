# SPDX-License-Identifier: Apache-2.0
"""What was saved is published, also if the process that saved it is gone, or more is saved than fits in memory."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from aiokafka.errors import KafkaConnectionError, MessageSizeTooLargeError
from tests_toy import Start, count, filed

from chassis.heartbeats import Heartbeats
from chassis.messages import Message
from chassis.mongo import Database, Session
from chassis.outbox import PENDING_DOCUMENTS, Outbox
from chassis.producer import Producer
from chassis.sweeper import Sweeper
from chassis.testing import Wire, eventually

pytestmark = pytest.mark.infra


class Recorder:
    """A producer whose broker is away until it is let through."""

    def __init__(self, *, there: bool = False) -> None:
        self.there = there
        self.sent: list[bytes] = []

    async def publish(self, messages: Sequence[Message]) -> None:
        if any(len(message.value or b"") > 100 for message in messages):
            raise MessageSizeTooLargeError
        if not self.there:
            raise KafkaConnectionError
        self.sent += [message.value or b"" for message in messages]


async def save(
    database: Database, outbox: Outbox, *values: bytes, topic: str = "routing-cases", submit: bool = True
) -> None:
    """One transaction with one message a document."""
    for value in values:
        made = outbox.documents([Message(topic, b"k", value, ())], datetime.now(UTC))

        async def work(session: Session) -> None:
            await outbox.save(session, made)  # noqa: B023

        await database.transaction(work)
        if submit:
            outbox.submit(made)


async def test_all_that_was_saved_while_the_broker_was_away_is_published_in_order(database: Database) -> None:
    producer = Recorder()
    outbox = Outbox(database, producer, "p-1")  # type: ignore[arg-type]
    publishing = asyncio.create_task(outbox.run())
    values = [b"%d" % n for n in range(2 * PENDING_DOCUMENTS + 5)]
    await save(database, outbox, *values)
    assert outbox.pending() <= PENDING_DOCUMENTS + 1
    producer.there = True
    await outbox.published()
    await save(database, outbox, b"last")
    await outbox.published()
    publishing.cancel()
    assert producer.sent == [*values, b"last"]
    assert await count(database, "outbox") == 0


async def test_after_a_doubtful_commit_the_store_is_looked_through(database: Database) -> None:
    producer = Recorder(there=True)
    outbox = Outbox(database, producer, "p-1")  # type: ignore[arg-type]
    await save(database, outbox, b"in doubt", submit=False)
    outbox._looked_at = asyncio.get_running_loop().time() + 3600  # its own time to look is far
    publishing = asyncio.create_task(outbox.run())
    outbox.look()
    await outbox.published()
    publishing.cancel()
    assert producer.sent == [b"in doubt"]


async def test_what_was_found_before_its_commit_was_answered_is_published_once(database: Database) -> None:
    producer = Recorder(there=True)
    outbox = Outbox(database, producer, "p-1")  # type: ignore[arg-type]
    publishing = asyncio.create_task(outbox.run())
    made = outbox.documents([Message("routing-cases", b"k", b"once", ())], datetime.now(UTC))
    await database.transaction(lambda session: outbox.save(session, made))
    outbox.look()  # its time comes between the commit and what is done about it
    await outbox.published()
    outbox.submit(made)
    await save(database, outbox, b"next")
    await outbox.published()
    publishing.cancel()
    assert producer.sent == [b"once", b"next"]


async def test_a_dead_letter_that_is_too_large_holds_up_no_event(database: Database) -> None:
    producer = Recorder(there=True)
    outbox = Outbox(database, producer, "p-1")  # type: ignore[arg-type]
    await save(database, outbox, b"x" * 1000, topic="intake-cases-routing-dlq")
    await save(database, outbox, b"event")
    publishing = asyncio.create_task(outbox.run())
    await outbox.published()
    publishing.cancel()
    assert producer.sent == [b"event"]


async def test_what_a_process_killed_after_its_commit_left_is_published_by_another(
    wire: Wire, database: Database, start: Start
) -> None:
    dead = Outbox(database, Producer(wire.servers, "dead", wire.prefix), "dead-1")
    message = wire.message("case-1", filed("N-1"))
    made = dead.documents([message], datetime.now(UTC))
    await database.transaction(lambda session: dead.save(session, made))
    async with start(roles=("relay",)):
        await wire.expect("intake-cases", 1, key="case-1")
        await eventually(lambda: _is_empty(database))


async def test_the_living_are_not_swept_and_the_silent_are(database: Database) -> None:
    producer = Recorder(there=True)
    sweeper = Sweeper(database, producer, "sweeper")  # type: ignore[arg-type]
    living = Outbox(database, producer, "living")  # type: ignore[arg-type]
    stopped = Outbox(database, producer, "stopped")  # type: ignore[arg-type]
    for outbox in (living, stopped):
        await Heartbeats(database).beat(outbox.process)
        await save(database, outbox, outbox.process.encode())
    assert await sweeper.step() == 0
    long_ago = datetime.now(UTC) - timedelta(minutes=1)  # SIGSTOP: it lives and says nothing
    await database.collection("processes").update_one({"_id": "stopped"}, {"$set": {"at": long_ago}})
    assert await sweeper.step() == 1
    assert producer.sent == [b"stopped"]
    publishing = asyncio.create_task(stopped.run())  # SIGCONT: it publishes what it still holds; readers drop it
    await stopped.published()
    publishing.cancel()
    assert producer.sent == [b"stopped", b"stopped"]
    await Heartbeats(database).retire(living.process)
    assert await sweeper.step() == 1


async def test_at_its_end_a_process_publishes_what_it_saved(wire: Wire, database: Database, start: Start) -> None:
    async with start() as service:
        await wire.publish("case-1", *[filed("N-1")])
        await eventually(lambda: count(database, "cases"))
        assert service.runtime.outbox.pending() <= 1
    assert await count(database, "outbox") == 0
    assert await count(database, "processes") == 0
    await wire.expect("routing-cases", 1)


async def _is_empty(database: Database) -> bool:
    return await count(database, "outbox") == 0
