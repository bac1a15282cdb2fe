# SPDX-License-Identifier: Apache-2.0
"""A header's name is bytes to Kafka and text to aiokafka: one that is no text must not block a partition."""

from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.consumer import fetcher
from aiokafka.producer import message_accumulator, producer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy
from aiokafka.record.memory_records import MemoryRecords
from tests_toy import Start, count, filed

from chassis.mongo import Database
from chassis.testing import PARTITIONS, Wire, eventually

pytestmark = pytest.mark.infra


class Name(str):
    __slots__ = ()

    def encode(self, *_: Any) -> bytes:
        return b"x-\xff"


async def send_with_a_name_of_bytes(wire: Wire, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An event that is good in all but the name of one more header."""
    for module in (message_accumulator, producer):
        monkeypatch.setattr(module, "DefaultRecordBatchBuilder", _DefaultRecordBatchBuilderPy)
    sender = AIOKafkaProducer(bootstrap_servers=wire.servers)
    await sender.start()
    try:
        m = wire.message(case, filed(case))
        headers = [*m.headers, (Name("x"), b"1")]
        await sender.send_and_wait(wire.prefix + m.topic, m.value, key=m.key, headers=headers)
    finally:
        await sender.stop()


async def test_a_header_name_that_is_no_text_does_not_block_its_partition(
    wire: Wire, database: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        for n in range(12):  # three partitions: some of the good ones lie before it, some behind
            await wire.publish(f"case-{n}", filed(f"N-{n}"))
        await send_with_a_name_of_bytes(wire, "case-99", patch)
        for n in range(12, 24):
            await wire.publish(f"case-{n}", filed(f"N-{n}"))
    async with start(("consume",)):
        await eventually(lambda: _all_filed(database))


async def _all_filed(database: Database) -> bool:
    return await count(database, "cases", **{"state.heard": ["filed"]}) == 25


async def test_aiokafka_by_itself_stays_before_it(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        await send_with_a_name_of_bytes(wire, "case-99", patch)
    monkeypatch.setattr(fetcher, "MemoryRecords", MemoryRecords)
    consumer = AIOKafkaConsumer(bootstrap_servers=wire.servers, auto_offset_reset="earliest", enable_auto_commit=False)
    await consumer.start()
    try:
        consumer.assign([TopicPartition(wire.prefix + "intake-cases", n) for n in range(PARTITIONS)])
        raised = 0
        while raised < 3:
            try:
                assert await consumer.getmany(timeout_ms=1000) == {}
            except UnicodeDecodeError:
                raised += 1
    finally:
        await consumer.stop()
