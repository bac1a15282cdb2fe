# SPDX-License-Identifier: Apache-2.0
"""Publishing as FastStream and aiokafka do by default, and as we do (ADR 0004)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from faststream.kafka import KafkaBroker, KafkaPublishMessage
from tests_toy import Start, note

from chassis import producer
from chassis.messages import Message
from chassis.mongo import Database
from chassis.producer import Producer
from chassis.testing import TIMEOUT, Wire, eventually

pytestmark = [pytest.mark.infra, pytest.mark.filterwarnings("ignore")]

CASES = [f"case-{n}" for n in range(8)]


@asynccontextmanager
async def by_default(wire: Wire) -> AsyncIterator[KafkaBroker]:
    broker = KafkaBroker(wire.servers, logger=None)
    await broker.start()
    try:
        yield broker
    finally:
        await broker.stop()


def inner(broker: KafkaBroker) -> AIOKafkaProducer:
    made: Any = broker.config.producer
    return made._producer.producer


async def partitions(wire: Wire) -> dict[str, set[int]]:
    """Of each key, where its records lie."""
    found: dict[str, set[int]] = {}
    for record in await wire.records("routing-cases"):
        found.setdefault((record.key or b"").decode(), set()).add(record.partition)
    return found


async def test_by_default_a_batch_goes_to_one_partition_whatever_its_keys(wire: Wire) -> None:
    async with by_default(wire) as broker:
        for _ in range(6):  # each batch takes a partition at random: one key comes to lie in several
            batch = [KafkaPublishMessage("said", key=case.encode()) for case in CASES]
            sent = await broker.publish_batch(*batch, topic=wire.prefix + "routing-cases")
            assert sent is not None
    found = await partitions(wire)
    assert set(found) == set(CASES)
    assert len({frozenset(places) for places in found.values()}) == 1


async def test_with_us_each_key_has_its_partition(wire: Wire) -> None:
    ours = Producer(wire.servers, "test", wire.prefix)
    try:
        for _ in range(3):
            await ours.publish([Message("routing-cases", case.encode(), b"said", ()) for case in CASES])
    finally:
        await ours.stop()
    found = await partitions(wire)
    assert {len(places) for places in found.values()} == {1}
    assert len(set.union(*found.values())) > 1


async def test_by_default_one_brokers_word_is_enough_and_a_retry_may_double(wire: Wire) -> None:
    async with by_default(wire) as broker:
        assert inner(broker)._sender._acks == 1
        assert inner(broker)._txn_manager is None


async def test_with_us_all_replicas_say_so_and_a_retry_does_not_double(wire: Wire) -> None:
    ours = Producer(wire.servers, "test", wire.prefix)
    try:
        made = await ours._started()
        assert made._sender._acks == -1
        assert made._txn_manager is not None
    finally:
        await ours.stop()


async def kill_the_sender(made: AIOKafkaProducer) -> None:
    """The task that sends has ended (aiokafka 907); nobody looks at it."""
    made._sender._sender_task.cancel()
    await asyncio.gather(made._sender._sender_task, return_exceptions=True)


async def test_by_default_a_producer_whose_sender_died_sends_nothing_any_more(wire: Wire) -> None:
    async with by_default(wire) as broker:
        await broker.publish("first", wire.prefix + "routing-cases")
        await kill_the_sender(inner(broker))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await broker.publish("second", wire.prefix + "routing-cases")
        assert await broker.ping(TIMEOUT)  # and yet all is well
    assert [record.value for record in await wire.records("routing-cases")] == [b"first"]


async def test_with_us_it_is_built_anew(
    wire: Wire, database: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with start(("api",)) as service:
        await note(service, "case-1", "first")
        await wire.expect("routing-cases", 1)
        dead = service.runtime._producer._producer
        assert dead is not None
        await kill_the_sender(dead)
        with monkeypatch.context() as patch:
            patch.setattr(producer, "STUCK_SECONDS", 1.0)
            patch.setattr(producer, "STOP_SECONDS", 0.5)
            await note(service, "case-1", "second")
            await eventually(lambda: service.runtime._producer._producer is not dead)
        await eventually(lambda: _told(wire, 1, 2))  # by the new one, which may take its time, perhaps twice


async def _told(wire: Wire, *seqs: int) -> bool:
    return {one.envelope.seq for one in await wire.events("routing-cases")} == set(seqs)
