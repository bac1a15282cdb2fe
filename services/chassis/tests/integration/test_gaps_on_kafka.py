# SPDX-License-Identifier: Apache-2.0
"""Missing events looked for on real topics: read again where they stand, published again from where they still lie."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

import pytest
from tests_toy import Note, Start, ToySettings, build, count, filed, hears, kind, said

from chassis.inputs import Input
from chassis.messages import Message, dead_letter
from chassis.mongo import Database
from chassis.operating.acts import By, NotPossible
from chassis.operating.log_reading import Logs, partition_of
from chassis.records import Origin, StoredRecord
from chassis.service import Service
from chassis.testing import PARTITIONS, Wire, eventually

pytestmark = pytest.mark.infra

BY = By("ana")
OURS, TOLD = "intake-cases", "routing-cases"
Settings = Callable[..., ToySettings]


async def marks(database: Database) -> list[dict[str, Any]]:
    return await database.collection("marks").find({}).to_list(None)


async def test_a_record_in_a_partition_where_nobody_looks_for_it_is_found_and_applied(
    wire: Wire, database: Database, toy_settings: Settings
) -> None:
    first, stray, third = [wire.message("case-1", event) for event in (filed("N-1"), said("two"), said("three"))]
    service = build(toy_settings())
    await service.runtime.migrate()
    await wire.send([first])
    wrong = (partition_of("case-1", PARTITIONS) + 1) % PARTITIONS
    place = {"partition": wrong, "key": stray.key, "headers": list(stray.headers)}
    await wire.producer.send_and_wait(wire.prefix + OURS, stray.value, **place)
    await wire.send([third])
    own = [record for record in await wire.records(OURS) if record.partition != wrong]
    items = [service.runtime.processor._reader.read(StoredRecord(*_fields(record))) for record in own]
    await service.runtime.processor.process([Input(kind(service), "case-1", parsed=parsed) for parsed in items])
    before = await marks(database)
    [one] = await service.runtime.gaps.rereading.reread("case-1", BY)
    assert (one.seqs, one.outcome) == ((2, 2), "applied")
    assert await hears(database, "case-1", "filed", "two", "three")
    assert await marks(database) == before
    service.runtime.database.close()


def _fields(record: Any) -> tuple[Any, ...]:
    place = (record.topic, record.partition, record.offset, record.timestamp)
    return (*place, record.key, record.value, record.headers)


async def test_a_search_may_begin_where_the_broker_was_at_some_time(wire: Wire) -> None:
    logs = Logs(wire.servers, wire.prefix)
    await wire.publish("case-1", filed("N-1"), said("two"))
    await asyncio.sleep(0.01)  # the broker's clock counts milliseconds
    since = datetime.now(UTC)
    await wire.publish("case-1", said("three"))
    await wire.publish("case-2", filed("N-2"))

    async def seqs(**bound: Any) -> list[bytes | None]:
        async with aclosing(logs.of_key(OURS, "case-1", **bound)) as records:
            return [dict(record.headers)["ce_seq"] async for record in records]

    assert await seqs() == [b"1", b"2", b"3"]
    assert await seqs(since=since) == [b"3"]
    assert await seqs(since=datetime(2999, 1, 1, tzinfo=UTC)) == []
    assert len([record async for record in logs.read(OURS)]) == 4


async def told(wire: Wire, database: Database, service: Service[ToySettings], events: int) -> list[Message]:
    """So many events that the service told of a case, on no topic yet."""
    for n in range(events):
        await service.runtime.processor.process([Input(kind(service), "case-1", message=Note(f"n{n}"))])
    rows = await database.collection("outbox").find({}).sort("_id", 1).to_list(None)
    await database.collection("outbox").delete_many({})
    return [Message.from_fields(fields) for row in rows for fields in row["messages"]]


async def test_what_its_topic_lost_is_published_again_from_wherever_it_lies(
    wire: Wire, database: Database, toy_settings: Settings
) -> None:
    service = build(toy_settings())
    await service.runtime.migrate()
    messages = await told(wire, database, service, 6)
    in_outbox, on_topic, dead, waiting, parked, gone = messages
    row = {"_id": "x/1", "process": "x", "at": datetime.now(UTC), "messages": [in_outbox.fields()]}
    await database.collection("outbox").insert_one(row)
    raw = StoredRecord(wire.prefix + TOLD, 0, 0, 0, dead.key, dead.value, dead.headers)
    broken = Message(TOLD, gone.key, b"{", gone.headers)
    letters = [
        dead_letter(record, Origin(TOLD, 0, 0, 0), "it raised", service="notifications", now=datetime.now(UTC))
        for record in (raw, StoredRecord(raw.topic, 0, 0, 0, broken.key, broken.value, broken.headers))
    ]
    await wire.send([on_topic, *letters])
    for collection, message in (("waiting", waiting), ("parked", parked)):
        record = StoredRecord(wire.prefix + TOLD, 0, 0, 0, message.key, message.value, message.headers)
        headers = [[name, value] for name, value in message.headers]
        await database.collection(collection).insert_one(
            {"_id": "row", "subject": "case-1", "source": TOLD, **_row(record), "headers": headers}
        )
    republished = await service.runtime.gaps.republishing.republish("case-1", TOLD, BY)
    place = partition_of("case-1", PARTITIONS)
    assert {one.seq: one.outcome for one in republished} == {
        1: "published from the outbox",
        3: f"published from {TOLD}-notifications-dlq",
        4: "published from the events that wait",
        5: "published from the parked record row",
        6: "nowhere",
    }
    back = {seen.envelope.seq: seen.envelope for seen in await wire.expect(TOLD, 5)}
    assert [back[n].headers() for n in (1, 3, 4, 5)] == [
        list(message.headers) for message in (in_outbox, dead, waiting, parked)
    ]
    [again] = await service.runtime.gaps.republishing.republish("case-1", TOLD, BY, [2])
    assert again.outcome == f"is on the topic: partition {place}, offset 0"
    assert len(await wire.events(TOLD)) == 5
    acts = await database.collection("audit").find({}).sort("at", 1).to_list(None)
    assert [act["outcome"].partition(":")[0] for act in acts] == ["published from the outbox", "is on the topic"]
    service.runtime.database.close()


def _row(record: StoredRecord) -> dict[str, Any]:
    return {name: getattr(record, name) for name in ("topic", "partition", "offset", "timestamp", "key", "value")}


async def test_what_it_never_told_is_not_published(wire: Wire, database: Database, toy_settings: Settings) -> None:
    service = build(toy_settings())
    republish = service.runtime.gaps.republishing.republish
    for topic, why in [
        (TOLD, "told no event of it"),
        (OURS, "nothing of intake-cases is missing here"),
        ("x", "no topic"),
    ]:
        with pytest.raises(NotPossible, match=why):
            await republish("case-1", topic, BY)
    assert await count(database, "audit") == 0
    service.runtime.database.close()


async def test_published_again_it_closes_the_gap_of_its_reader(wire: Wire, database: Database, start: Start) -> None:
    first, lost, third = [wire.message("case-1", event) for event in (filed("N-1"), said("two"), said("three"))]
    copy = StoredRecord(OURS, 0, 7, 0, lost.key, lost.value, lost.headers)
    letter = dead_letter(copy, Origin(OURS, 0, 7, 0), "it raised", service="reporting", now=datetime.now(UTC))
    await wire.send([first, third, letter])
    async with start() as service:
        await eventually(lambda: count(database, "waiting"))
        [one] = await service.runtime.gaps.republishing.republish("case-1", OURS, BY)
        assert one.outcome == f"published from {OURS}-reporting-dlq"
        await eventually(lambda: hears(database, "case-1", "filed", "two", "three"))
