# SPDX-License-Identifier: Apache-2.0
"""Rebalances, slow handlers and silent consumers: by FastStream's defaults and with us (ADR 0004)."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from by_default import ByDefault
from fastapi import FastAPI
from faststream import AckPolicy
from tests_toy import Start, ToySettings, count, filed, hears, said

from chassis import consume, progress
from chassis.applying import Applying
from chassis.consume import Consumption
from chassis.health import health_router
from chassis.mongo import Database, Unavailable
from chassis.service import Service
from chassis.testing import PARTITIONS, TIMEOUT, Wire, eventually

pytestmark = [pytest.mark.infra, pytest.mark.filterwarnings("ignore")]

CASES = 12


async def file_all(wire: Wire) -> None:
    for n in range(CASES):
        await wire.publish(f"case-{n}", filed(f"N-{n}"))


async def all_filed(database: Database) -> bool:
    return await count(database, "cases", **{"state.heard": ["filed"]}) == CASES


def applied_by(service: Service[ToySettings]) -> int:
    labels = {"service": "routing", "what": "applied"}
    return int(service.runtime.metrics.registry.get_sample_value("ventanilla_inputs_total", labels) or 0)


def consumer_of(service: Service[ToySettings]) -> AIOKafkaConsumer:
    return service.runtime._consumption._consumer()


def owned_by(service: Service[ToySettings]) -> set[TopicPartition]:
    consumer = service.runtime._consumption._subscriber.consumer
    return set() if consumer is None else set(consumer.assignment())


async def test_by_default_a_second_reader_repeats_the_work_beside_the_first(wire: Wire) -> None:
    go_on = asyncio.Event()

    async def works_long(*_: Any) -> None:
        await go_on.wait()

    await file_all(wire)
    options: dict[str, Any] = {"batch": True, "ack_policy": AckPolicy.NACK_ON_ERROR}
    async with ByDefault(wire, works_long, **options).running() as first:
        await eventually(lambda: first.calls)
        async with ByDefault(wire, **options).running() as second:
            await eventually(lambda: second.heard("N-"))
            assert first.got == []  # it is still at work on the same
            go_on.set()


async def test_with_us_the_batch_under_way_is_saved_before_its_partitions_go(
    wire: Wire, database: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    revoked, revoke = asyncio.Event(), Consumption.on_partitions_revoked

    async def is_seen(consumption: Consumption, partitions: set[TopicPartition]) -> None:
        if partitions:
            revoked.set()
        await revoke(consumption, partitions)

    monkeypatch.setattr(Consumption, "on_partitions_revoked", is_seen)
    await file_all(wire)
    async with start(("consume",)) as first:
        database_of_first = first.runtime.database
        transaction = database_of_first.transaction
        began = asyncio.Event()

        async def waits(work: Any) -> Any:
            began.set()
            await revoked.wait()
            return await transaction(work)

        monkeypatch.setattr(database_of_first, "transaction", waits)
        await began.wait()
        async with start(("consume",)) as second:
            await eventually(lambda: all_filed(database))
            await wire.publish("case-0", said("two"))
            await eventually(lambda: hears(database, "case-0", "filed", "two"))
            await eventually(lambda: owned_by(second))
            assert applied_by(first) + applied_by(second) == CASES + 1


async def test_with_us_what_a_former_owner_does_too_late_has_no_second_effect(
    wire: Wire, database: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not even drain: its transaction begins when the new owner has saved the same."""
    monkeypatch.setattr(consume, "DRAIN_SECONDS", 0.05)
    await file_all(wire)
    rivals: list[Service[ToySettings]] = []
    async with start() as first:
        transaction = first.runtime.database.transaction
        began = asyncio.Event()

        async def too_late(work: Any) -> Any:
            began.set()
            await eventually(lambda: any(map(applied_by, rivals)))
            return await transaction(work)

        monkeypatch.setattr(first.runtime.database, "transaction", too_late)
        await began.wait()
        async with start() as second:
            rivals.append(second)
            await eventually(lambda: all_filed(database))
            await wire.expect("routing-cases", CASES)
    [total] = await database.collection("sums").aggregate([{"$group": {"_id": 0, "n": {"$sum": "$count"}}}]).to_list(1)
    assert total["n"] == CASES


async def left_its_group(consumer: Callable[[], AIOKafkaConsumer]) -> None:
    """Its handler took longer than max.poll.interval."""
    await eventually(lambda: consumer()._coordinator.generation < 0)


async def test_by_default_what_takes_longer_than_the_poll_interval_is_done_by_a_second_reader_too(wire: Wire) -> None:
    options: dict[str, Any] = {"batch": True, "ack_policy": AckPolicy.NACK_ON_ERROR, "max_poll_interval_ms": 1_000}
    other = ByDefault(wire, **options)
    slow = ByDefault(wire, lambda *_: eventually(lambda: other.heard("N-1")), **options)
    await wire.publish("case-1", filed("N-1"))
    async with slow.running():
        await eventually(lambda: slow.calls)
        async with other.running():
            await eventually(lambda: slow.heard("N-1"))
    assert other.heard("N-1")


async def test_with_us_it_goes_on_behind_what_it_saved(
    wire: Wire, database: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consume, "_membership", lambda _: {"max_poll_interval_ms": 1_000})
    apply, offsets = Applying.apply, list[int]()
    await wire.publish("case-1", filed("N-1"))
    async with start(("consume",)) as service:

        async def slow(applying: Applying, records: Any) -> None:
            await left_its_group(lambda: consumer_of(service))
            offsets.extend(record.offset for record in records)
            await apply(applying, records)

        monkeypatch.setattr(Applying, "apply", slow)
        await eventually(lambda: hears(database, "case-1", "filed"))
        await wire.publish("case-1", said("two"))
        await eventually(lambda: hears(database, "case-1", "filed", "two"))
    assert offsets == [0, 1]


async def fall_silent(consumer: AIOKafkaConsumer) -> None:
    """It fetches no more and says nothing of it, as after some restarts of a broker (aiokafka 1154)."""
    fetcher = consumer._fetcher
    fetching = [fetcher._fetch_task, *fetcher._pending_tasks]  # what it has asked for would still come
    for one in fetching:
        one.cancel()
    await asyncio.gather(*fetching, return_exceptions=True)


async def test_by_default_a_consumer_that_fell_silent_stays_silent_and_is_said_to_be_well(wire: Wire) -> None:
    await wire.publish("case-1", filed("N-1"))
    async with ByDefault(wire).running() as reader:
        await eventually(lambda: reader.heard("N-1"))
        await fall_silent(reader.consumer)
        await wire.publish("case-1", said("two"))
        partitions = [TopicPartition(wire.prefix + "intake-cases", n) for n in range(PARTITIONS)]
        ends = await reader.consumer.end_offsets(partitions)
        assert sum(ends.values()) == 2
        assert await reader.broker.ping(TIMEOUT)
        assert not reader.heard("two")


async def test_with_us_a_new_consumer_is_made(
    wire: Wire, database: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consume, "MAINTENANCE_SECONDS", 0.2)
    await wire.publish("case-1", filed("N-1"))
    async with start(("consume",)) as service:
        await eventually(lambda: hears(database, "case-1", "filed"))
        silent = consumer_of(service)
        await fall_silent(silent)
        with monkeypatch.context() as patch:
            patch.setattr(progress, "STUCK_SECONDS", 0.5)
            await wire.publish("case-1", said("two"))
            await eventually(lambda: service.runtime._consumption._subscriber.consumer is not silent)
        await eventually(lambda: hears(database, "case-1", "filed", "two"))  # the new one may take its time


def share_everything(one: Service[ToySettings], two: Service[ToySettings]) -> bool:
    """Both have partitions, each its own, which they have not all heard of at the same moment."""
    of_one, of_two = owned_by(one), owned_by(two)
    return bool(of_one and of_two) and not of_one & of_two and len(of_one | of_two) == 2 * PARTITIONS


async def test_a_restart_under_its_own_name_moves_no_partition(
    wire: Wire, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Static membership: within the session the others do not even notice."""
    moved: list[Consumption] = []
    revoke = Consumption.on_partitions_revoked

    async def is_seen(consumption: Consumption, partitions: set[TopicPartition]) -> None:
        moved.append(consumption)
        await revoke(consumption, partitions)

    async with (
        start(("consume",), kafka_group_instance_id="one") as one,
    ):
        async with start(("consume",), kafka_group_instance_id="two") as two:
            await eventually(lambda: share_everything(one, two))
            before = owned_by(one), owned_by(two)
        monkeypatch.setattr(Consumption, "on_partitions_revoked", is_seen)
        async with start(("consume",), kafka_group_instance_id="two") as again:
            await eventually(lambda: owned_by(again))
            assert (owned_by(one), owned_by(again)) == before
            assert one.runtime._consumption not in moved


async def livez(service: Service[ToySettings]) -> int:
    app = FastAPI()
    app.include_router(health_router(service.runtime.health))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://toy.test") as client:
        return (await client.get("/livez")).status_code


async def test_livez_fails_when_polls_stop(wire: Wire, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    hangs = asyncio.Event()

    async def never_ends(*_: Any) -> None:
        hangs.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(Applying, "apply", never_ends)
    await wire.publish("case-1", filed("N-1"))
    async with start(("consume",)) as service:
        assert await livez(service) == httpx.codes.OK
        await hangs.wait()
        monkeypatch.setattr(progress, "POLLS_STOPPED_SECONDS", 0.2)
        await eventually(lambda: _is(livez(service), httpx.codes.SERVICE_UNAVAILABLE))
        assert await service.runtime.health.stuck() == ["consumer"]


async def test_livez_fails_when_the_lag_does_not_move(
    wire: Wire, database: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consume, "MAINTENANCE_SECONDS", 0.2)
    await wire.publish("case-1", filed("N-1"))
    async with start(("consume",)) as service:
        await eventually(lambda: hears(database, "case-1", "filed"))
        await fall_silent(consumer_of(service))
        monkeypatch.setattr(progress, "STILL_SECONDS", 0.5)
        await eventually(lambda: _is(livez(service), httpx.codes.OK))  # once it has seen that all is read
        await wire.publish("case-1", said("two"))
        await eventually(lambda: _is(livez(service), httpx.codes.SERVICE_UNAVAILABLE))


async def test_livez_stays_good_while_the_database_is_away(
    wire: Wire, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some minutes pass between two tries, by the clock of its progress: many more than a dead process is given."""
    minutes, tried = 0, list[int]()
    monkeypatch.setattr(consume, "MAINTENANCE_SECONDS", 0.2)
    monkeypatch.setattr(consume, "LONGEST_PAUSE_SECONDS", 0.2)
    await wire.publish("case-1", filed("N-1"))
    async with start(("consume",)) as service:
        before = time.monotonic()  # by which it has counted so far
        monkeypatch.setattr(service.runtime._consumption.progress, "_clock", lambda: before + 60.0 * minutes)
        service.runtime._consumption.progress.begun()
        service.runtime._consumption.progress.looked(1)  # as it does whenever it looks around

        async def away(*_: Any) -> None:
            nonlocal minutes
            minutes += 2
            tried.append(await livez(service))
            raise Unavailable

        monkeypatch.setattr(Database, "transaction", away)
        await eventually(lambda: len(tried) > 10)
    assert set(tried) == {httpx.codes.OK}
    assert 60.0 * minutes > 4 * max(progress.POLLS_STOPPED_SECONDS, progress.STILL_SECONDS)


async def _is(found: Any, expected: object) -> bool:
    return bool(await found == expected)
