# SPDX-License-Identifier: Apache-2.0
"""FastStream's defaults lose records, repeat them without pause or stay at one; ours do not (ADR 0004).

Each trap is shown twice: by default, and with us.
"""

import time
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from by_default import ByDefault, gaps
from faststream import AckPolicy, BaseMiddleware
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage
from pydantic import BaseModel
from tests_toy import Start, count, filed, hears, said

from chassis.messages import Message
from chassis.mongo import Database, Unavailable
from chassis.testing import Wire, eventually

pytestmark = [pytest.mark.infra, pytest.mark.filterwarnings("ignore")]


class Away:
    """While it is, no transaction can be saved."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_away = True
        self.tried_at: list[float] = []
        transaction = Database.transaction

        async def unless_away(database: Database, work: Any) -> Any:
            if not self.is_away:
                return await transaction(database, work)
            self.tried_at.append(time.monotonic())
            raise Unavailable

        monkeypatch.setattr(Database, "transaction", unless_away)


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Away:
    return Away(monkeypatch)


async def committed(wire: Wire, group: str) -> list[int]:
    """The group's offsets, those that say something."""
    admin = AIOKafkaAdminClient(bootstrap_servers=wire.servers)
    await admin.start()
    try:
        found = await admin.list_consumer_group_offsets(wire.prefix + group)
        return sorted(one.offset for one in found.values() if one.offset > 0)
    finally:
        await admin.close()


async def test_by_default_a_batch_whose_handler_fails_is_lost(wire: Wire) -> None:
    await wire.publish("case-1", filed("N-1"), said("two"))
    async with ByDefault(wire, fails=1, batch=True).running() as first:
        await eventually(lambda: first.calls)
    await wire.publish("case-1", said("three"))
    async with ByDefault(wire, batch=True).running() as second:
        await eventually(lambda: second.got)
    assert not first.got
    assert (second.heard("N-1"), second.heard("two"), second.heard("three")) == (False, False, True)


async def test_with_us_a_batch_whose_transaction_fails_comes_again(
    wire: Wire, database: Database, start: Start, away: Away
) -> None:
    await wire.publish("case-1", filed("N-1"), said("two"))
    async with start():
        await eventually(lambda: away.tried_at)
        away.is_away = False
        await eventually(lambda: hears(database, "case-1", "filed", "two"))


async def test_by_default_what_failed_comes_again_without_pause(wire: Wire) -> None:
    await wire.publish("case-1", filed("N-1"))
    async with ByDefault(wire, fails=10**6, ack_policy=AckPolicy.NACK_ON_ERROR).running() as reader:
        await eventually(lambda: min(gaps(reader.called_at), default=1) < 0.05)


async def test_with_us_it_comes_again_after_pauses_that_grow(
    wire: Wire, database: Database, start: Start, away: Away
) -> None:
    await wire.publish("case-1", filed("N-1"))
    async with start(("consume",)):
        await eventually(lambda: len(away.tried_at) >= 4)
    for pause, gap in zip((0.2, 0.4, 0.8), gaps(away.tried_at), strict=False):
        assert gap >= pause


async def test_by_default_what_comes_after_a_failed_record_commits_past_it(wire: Wire) -> None:
    """AckPolicy.MANUAL: neither committed nor sought again."""

    async def acknowledge(value: Any, message: KafkaMessage) -> None:
        if "N-1" in str(value):
            raise RuntimeError("the database is away")
        await message.ack()

    await wire.publish("case-1", filed("N-1"), said("two"))
    async with ByDefault(wire, acknowledge, ack_policy=AckPolicy.MANUAL).running() as first:
        await eventually(lambda: first.heard("two"))
    await wire.publish("case-1", said("three"))
    async with ByDefault(wire, ack_policy=AckPolicy.MANUAL).running() as second:
        await eventually(lambda: second.heard("three"))
    assert not second.heard("N-1")


async def test_with_us_nothing_behind_a_record_that_is_not_saved_is_passed(
    wire: Wire, database: Database, start: Start, away: Away
) -> None:
    await wire.publish("case-1", filed("N-1"))
    async with start(("consume",)):
        await eventually(lambda: away.tried_at)
        await wire.publish("case-1", said("two"))
        before = len(away.tried_at)
        await eventually(lambda: len(away.tried_at) > before)
        assert await committed(wire, "routing") == []
        away.is_away = False
        await eventually(lambda: hears(database, "case-1", "filed", "two"))


def with_bad_header(wire: Wire, header: tuple[str, bytes | None]) -> list[Message]:
    good, bad, last = (wire.message(f"case-{n}", filed(f"N-{n}")) for n in range(3))
    return [good, Message(bad.topic, b"case-0", bad.value, [*bad.headers, header]), last]


@pytest.mark.parametrize("header", [("x", b"\xff"), ("x", None)])
async def test_by_default_one_bad_header_loses_the_good_records_around_it(
    wire: Wire, header: tuple[str, bytes | None]
) -> None:
    await wire.send(with_bad_header(wire, header))
    async with ByDefault(wire, batch=True, ack_policy=AckPolicy.NACK_ON_ERROR).running() as reader:
        await eventually(lambda: _goes_on(wire, reader))
        assert len([value for value in reader.got if "N-" in value]) < 2  # of the three, two were good


async def _goes_on(wire: Wire, reader: ByDefault) -> bool:
    """What comes later is read: so it was passed over, not waited for."""
    await wire.publish("case-9", said("later"))
    return reader.heard("later")


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


class OnlyTheNumber(BaseModel):
    case_number: str


async def send_one_bad_of_twenty(wire: Wire) -> None:
    """Of one case, so that they come in one batch."""
    good = [wire.message("case-1", filed("N-1")), *(wire.message("case-1", said(f"{n}")) for n in range(18))]
    await wire.send([*good[:10], Message(good[0].topic, b"case-1", b"{}", good[0].headers), *good[10:]])


async def test_by_default_one_bad_record_of_many_fails_all_for_ever(wire: Wire) -> None:
    delivered: list[None] = []
    handled: list[Any] = []

    class Counting(BaseMiddleware):
        async def consume_scope(self, call_next: Any, msg: Any) -> Any:
            delivered.append(None)
            return await call_next(msg)

    broker = KafkaBroker(wire.servers, logger=None, middlewares=[Counting])

    @broker.subscriber(
        wire.prefix + "intake-cases",
        group_id=wire.prefix + "by-default",
        batch=True,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.NACK_ON_ERROR,
    )
    async def handle(cases: list[OnlyTheNumber]) -> None:
        handled.extend(cases)

    await wire.send([wire.message("case-1", filed("N-1"))] * 10)
    await send_one_bad_of_twenty(wire)
    await broker.start()
    try:
        await eventually(lambda: len(delivered) >= 3)
    finally:
        await broker.stop()
    assert handled == []


async def test_with_us_one_bad_record_of_many_is_parked_alone(wire: Wire, database: Database, start: Start) -> None:
    await send_one_bad_of_twenty(wire)
    async with start():
        await eventually(lambda: hears(database, "case-1", "filed", *map(str, range(18))))
    assert await count(database, "parked") == 1


async def test_by_default_a_new_reader_hears_only_what_comes_after_it(wire: Wire) -> None:
    await wire.publish("case-1", filed("N-1"))
    async with ByDefault(wire, auto_offset_reset="latest").running() as reader:  # what it is if nothing is said
        await eventually(lambda: _goes_on(wire, reader))
    assert not reader.heard("N-1")


async def test_with_us_a_new_reader_hears_all(wire: Wire, database: Database, start: Start) -> None:
    await wire.publish("case-1", filed("N-1"))
    async with start(("consume",)):
        await eventually(lambda: hears(database, "case-1", "filed"))
