# SPDX-License-Identifier: Apache-2.0
"""Hazards 3, 8, 10 and 19: the log is not what it was, or the position that the broker keeps is not ours."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.structs import OffsetAndMetadata
from tests_toy import Start, alarms, count, filed, heard, made_anew, said

from chassis.consume import Consumption
from chassis.mongo import Database, Unavailable
from chassis.positions import Positions, _Position
from chassis.store import Mark, Store
from chassis.testing import PARTITIONS, Wire, eventually

pytestmark = pytest.mark.infra

TOPIC = "intake-cases"


async def put(wire: Wire, *cases: str) -> None:
    """File cases, all in partition 0."""
    for case in cases:
        m = wire.message(case, filed(case))
        await wire.producer.send_and_wait(wire.prefix + TOPIC, m.value, key=m.key, headers=list(m.headers), partition=0)


async def known(database: Database) -> list[str]:
    return sorted([row["_id"] async for row in database.collection("cases").find({}, {"_id": 1})])


async def knows(database: Database, case: str) -> bool:
    return case in await known(database)


@asynccontextmanager
async def admin(wire: Wire) -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(bootstrap_servers=wire.servers)
    await client.start()
    try:
        yield client
    finally:
        await client.close()


async def known_after_a_new_log(wire: Wire, database: Database, start: Start) -> list[str]:
    """Three cases are read; the topic is made anew with three others, and a fourth once it is read again."""
    await put(wire, "old-1", "old-2", "old-3")
    async with start(("consume",)):
        await eventually(lambda: knows(database, "old-3"))
    await made_anew(wire, TOPIC)
    await put(wire, "new-1", "new-2", "new-3")
    async with start(("consume",)):
        await put(wire, "last")
        await eventually(lambda: knows(database, "last"))
    return [case for case in await known(database) if not case.startswith("old")]


def trust_the_mark(_: Positions, __: TopicPartition, mark: Mark | None, start: int, ___: int) -> _Position:
    """A position, and no memory of what lay there."""
    return _Position(mark.next if mark else start, start)


@pytest.mark.hazard(3)
async def test_a_topic_made_anew_is_read_from_its_start(wire: Wire, database: Database, start: Start) -> None:
    assert await known_after_a_new_log(wire, database, start) == ["last", "new-1", "new-2", "new-3"]


@pytest.mark.hazard(3, without="the mark remembers its last record")
async def test_what_lies_below_a_mark_without_memory_counts_as_seen(
    wire: Wire, database: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Positions, "_position", trust_the_mark)
    assert await known_after_a_new_log(wire, database, start) == ["last"]


async def alarms_of_a_log_cut_short(wire: Wire, database: Database, start: Start) -> tuple[set[str], list[str]]:
    """Of five cases one is read; retention deletes the next three: the alarms, and which cases are known then."""
    await put(wire, "case-1")
    async with start(("consume",)):
        await eventually(lambda: knows(database, "case-1"))
    await put(wire, "case-2", "case-3", "case-4", "case-5")
    async with admin(wire) as client:
        await client.delete_records({TopicPartition(wire.prefix + TOPIC, 0): RecordsToDelete(4)})
    async with start(("consume",)) as service:

        async def settled() -> bool:
            return bool(alarms(service)) or await knows(database, "case-5")

        await eventually(settled)
        return alarms(service), await known(database)


@pytest.mark.hazard(3)
async def test_what_retention_deleted_unread_stops_the_partition_with_an_alarm(
    wire: Wire, database: Database, start: Start
) -> None:
    found = await alarms_of_a_log_cut_short(wire, database, start)
    assert found == ({"log-lost-what-was-not-read"}, ["case-1"])


@pytest.mark.hazard(3, without="the mark is checked on opening")
async def test_earliest_jumps_over_it_in_silence(
    wire: Wire, database: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def does_not_look(*_: Any) -> None:
        return

    monkeypatch.setattr(Positions, "_position", trust_the_mark)
    monkeypatch.setattr(Positions, "_look_before_jumping", does_not_look)
    assert await alarms_of_a_log_cut_short(wire, database, start) == (set(), ["case-1", "case-5"])


async def alarms_of_a_log_that_starts_late(wire: Wire, database: Database, start: Start) -> set[str]:
    """A new reader finds the second of two records."""
    await put(wire, "case-1", "case-2")
    async with admin(wire) as client:
        await client.delete_records({TopicPartition(wire.prefix + TOPIC, 0): RecordsToDelete(1)})
    async with start(("consume",)) as service:
        await eventually(lambda: knows(database, "case-2"))
        return alarms(service)


@pytest.mark.hazard(10)
async def test_a_new_reader_whose_log_starts_late_says_so(wire: Wire, database: Database, start: Start) -> None:
    assert await alarms_of_a_log_that_starts_late(wire, database, start) == {"log-starts-late"}


@pytest.mark.hazard(10, without="the start of the log is looked at on opening")
async def test_a_new_reader_that_begins_where_the_log_begins_does_not_know_what_it_lacks(
    wire: Wire, database: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Positions, "_position", trust_the_mark)
    assert await alarms_of_a_log_that_starts_late(wire, database, start) == set()


async def commit_at_the_end(wire: Wire) -> None:
    """The group's own offset says that all was read; our database knows better."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=wire.servers, group_id=wire.prefix + "routing", enable_auto_commit=False
    )
    await consumer.start()
    try:
        partitions = [TopicPartition(wire.prefix + TOPIC, n) for n in range(PARTITIONS)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        await consumer.commit({partition: OffsetAndMetadata(end, "") for partition, end in ends.items()})
    finally:
        await consumer.stop()


async def heard_in_a_fresh_database(wire: Wire, database: Database, start: Start) -> list[str]:
    """Three events of a case lie behind the group's offset, a fourth comes."""
    await wire.publish("case-1", filed("N-1"), said("two"), said("three"))
    await commit_at_the_end(wire)
    await wire.publish("case-1", said("four"))
    async with start(("consume",)):

        async def came() -> bool:
            return bool(await count(database, "waiting")) or "four" in await heard(database, "case-1")

        await eventually(came)
        return await heard(database, "case-1")


async def hand_over_everything(_: Positions, __: Any, records: Sequence[Any]) -> Sequence[Any]:
    return records


async def look_nowhere(*_: Any) -> None:
    return


@pytest.mark.hazard(19)
async def test_a_rebuild_in_a_fresh_database_reads_everything(wire: Wire, database: Database, start: Start) -> None:
    assert await heard_in_a_fresh_database(wire, database, start) == ["filed", "two", "three", "four"]


@pytest.mark.hazard(19, without="the mark in the same database decides, not the group's offset")
async def test_a_rebuild_from_the_groups_offset_begins_where_the_old_one_stopped(
    wire: Wire, database: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Positions, "wanted", hand_over_everything)
    monkeypatch.setattr(Consumption, "_look_around", look_nowhere)
    assert await heard_in_a_fresh_database(wire, database, start) == []


def marks_unreadable_once(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    marks, failed = Store.marks, list[None]()

    async def once(store: Store, partitions: Any) -> dict[Any, Mark]:
        if not failed:
            failed.append(None)
            raise Unavailable
        return await marks(store, partitions)

    monkeypatch.setattr(Store, "marks", once)
    return failed


@pytest.mark.hazard(8)
async def test_a_partition_that_could_not_be_opened_is_opened_again(
    wire: Wire, database: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = marks_unreadable_once(monkeypatch)
    assert await heard_in_a_fresh_database(wire, database, start) == ["filed", "two", "three", "four"]
    assert failed


@pytest.mark.hazard(8, without="opening happens in the handler")
async def test_opened_in_the_callback_it_stays_where_it_was_and_nobody_hears_of_it(
    wire: Wire, database: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def opens(consumption: Consumption, assigned: set[TopicPartition]) -> None:
        await consumption._positions.open(consumption._consumer(), assigned)

    monkeypatch.setattr(Consumption, "on_partitions_assigned", opens)
    monkeypatch.setattr(Positions, "wanted", hand_over_everything)
    monkeypatch.setattr(Consumption, "_look_around", look_nowhere)
    failed = marks_unreadable_once(monkeypatch)
    assert await heard_in_a_fresh_database(wire, database, start) == []
    assert failed
