# SPDX-License-Identifier: Apache-2.0
"""FastStream's defaults lose records; ours do not (ADR 0004). Each test shows both."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from tests_toy import Start, count, filed, hears, said

from chassis.messages import Message
from chassis.mongo import Database
from chassis.testing import Wire, eventually

pytestmark = [pytest.mark.infra, pytest.mark.filterwarnings("ignore")]


class ByDefault:
    """A batch subscriber as FastStream's guide has it; its handler fails the first time if told to."""

    def __init__(self, wire: Wire, *, fails: int = 0, **options: Any) -> None:
        self.got: list[bytes] = []
        self.calls = 0
        self._fails = fails
        self.broker = KafkaBroker(wire.servers, logger=None)
        subscriber = self.broker.subscriber(
            wire.prefix + "intake-cases",
            group_id=wire.prefix + "by-default",
            batch=True,
            auto_offset_reset="earliest",
            **options,
        )
        subscriber(self._handle)

    async def _handle(self, values: Sequence[Any]) -> None:
        self.calls += 1
        if self.calls <= self._fails:
            raise RuntimeError("the database is away")
        self.got += [str(value).encode() for value in values]

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ByDefault"]:
        await self.broker.start()
        try:
            yield self
        finally:
            await self.broker.stop()


async def test_by_default_a_batch_whose_handler_fails_is_lost(wire: Wire) -> None:
    await wire.publish("case-1", filed("N-1"), said("two"))
    async with ByDefault(wire, fails=1).running() as first:
        await eventually(lambda: first.calls)
    await wire.publish("case-1", said("three"))
    async with ByDefault(wire).running() as second:
        await eventually(lambda: second.got)
    assert not first.got
    assert [b"three" in value for value in second.got] == [True]  # "filed" and "two" are gone


async def test_with_us_a_batch_whose_transaction_fails_comes_again(
    wire: Wire, database: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chassis.mongo import Unavailable

    await wire.publish("case-1", filed("N-1"), said("two"))
    failed = asyncio.Event()
    transaction = Database.transaction

    async def fails_once(self: Database, work: Any) -> Any:
        if not failed.is_set():
            failed.set()
            raise Unavailable
        return await transaction(self, work)

    monkeypatch.setattr(Database, "transaction", fails_once)
    async with start():
        await eventually(lambda: hears(database, "case-1", "filed", "two"))
    assert failed.is_set()


def with_bad_header(wire: Wire, header: tuple[str, bytes | None]) -> list[Message]:
    good, bad, last = (wire.message(f"case-{n}", filed(f"N-{n}")) for n in range(3))
    return [good, Message(bad.topic, b"case-0", bad.value, [*bad.headers, header]), last]


@pytest.mark.parametrize("header", [("x", b"\xff"), ("x", None)])
async def test_by_default_one_bad_header_loses_the_good_records_around_it(
    wire: Wire, header: tuple[str, bytes | None]
) -> None:
    await wire.send(with_bad_header(wire, header))
    async with ByDefault(wire, ack_policy=AckPolicy.NACK_ON_ERROR).running() as reader:
        await eventually(lambda: _goes_on(wire, reader))
        assert len([value for value in reader.got if b"N-" in value]) < 2  # of the three, two were good


async def _goes_on(wire: Wire, reader: ByDefault) -> bool:
    """What comes later is read: so it was passed over, not waited for."""
    await wire.publish("case-9", said("later"))
    return any(b"later" in value for value in reader.got)


@pytest.mark.parametrize("header", [("x", b"\xff"), ("x", None)])
async def test_with_us_one_bad_header_parks_one_record(
    wire: Wire, database: Database, start: Start, header: tuple[str, bytes | None]
) -> None:
    await wire.send(with_bad_header(wire, header))
    async with start():
        await eventually(lambda: count(database, "parked"))
        await eventually(lambda: hears(database, "case-0", "filed"))
        await eventually(lambda: hears(database, "case-2", "filed"))
    assert await count(database, "parked") == 1
