# SPDX-License-Identifier: Apache-2.0
"""Broker and database killed -9 and started again, on servers of our own, while events and commands come."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager

import pytest
from tests_toy import Start, ToySettings, count, filed, heard, note, said

from chassis.commands import NotAnswered
from chassis.mongo import Database
from chassis.service import Service
from chassis.testing import Wire, eventually
from ventanilla_local.addresses import Addresses
from ventanilla_local.infra import infra
from ventanilla_local.process import Server

pytestmark = [pytest.mark.infra, pytest.mark.slow]

CASES = 60


@pytest.fixture(scope="module")
def servers() -> Iterator[Addresses]:
    """Kafka and MongoDB to be killed; whatever else is tested keeps its own."""
    with infra("local", mail=False) as addresses:
        yield addresses


@pytest.fixture(scope="module", autouse=True)
def _on_them(servers: Addresses) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as environment:
        for name, address in servers.environment().items():
            environment.setenv(name, address)
        yield


@asynccontextmanager
async def killed(server: Server) -> AsyncIterator[None]:
    """The block runs while it is dead; after it, the server answers again."""
    server.kill()
    try:
        yield
    finally:
        await asyncio.to_thread(server.start)


async def file_all(wire: Wire, first: int = 0) -> None:
    await wire.send([wire.message(f"case-{n}", filed(f"N-{n}")) for n in range(first, first + CASES)])


async def have_heard(database: Database, *expected: str, cases: int = CASES) -> bool:
    return await count(database, "cases", **{"state.heard": list(expected)}) == cases


async def published_once_each(wire: Wire, cases: int) -> bool:
    """Every case's first event is in the topic, under one seq and id however often."""
    seen = await wire.events("routing-cases")
    return {(one.key, one.envelope.seq) for one in seen} == {(f"case-{n}", 1) for n in range(cases)}


async def alarmed(service: Service[ToySettings]) -> dict[str, float]:
    found = [sample for metric in service.runtime.metrics.registry.collect() for sample in metric.samples]
    return {one.labels["alarm"]: one.value for one in found if one.name == "ventanilla_alarms_total" and one.value}


async def test_the_broker_dies_and_comes_back_and_nothing_is_lost(
    wire: Wire, database: Database, start: Start, servers: Addresses
) -> None:
    await file_all(wire)
    async with start() as service:
        await eventually(lambda: have_heard(database, "filed"))
        async with killed(servers.broker):
            answers = await asyncio.gather(*(note(service, f"desk-{n}", "hello") for n in range(40)))
            assert answers == [{"note": "hello"}] * 40  # nobody waits for Kafka, which comes back only now
            assert await service.runtime.health.stuck() == []
            assert await count(database, "outbox") > 0
        await wire.send([wire.message(f"case-{n}", said("after")) for n in range(CASES)])
        await eventually(lambda: have_heard(database, "filed", "after"))
        await eventually(lambda: _is_zero(count(database, "outbox")))
        assert await alarmed(service) == {}
    keys = {(one.key, one.envelope.seq) for one in await wire.events("routing-cases")}
    assert keys == {(f"case-{n}", 1) for n in range(CASES)} | {(f"desk-{n}", 1) for n in range(40)}


async def test_the_database_dies_and_comes_back_and_nothing_is_lost_or_doubled(
    wire: Wire, database: Database, start: Start, servers: Addresses
) -> None:
    await file_all(wire)
    async with start() as service:
        await eventually(lambda: have_heard(database, "filed"))
        async with killed(servers.database):
            await file_all(wire, CASES)
            answers = await asyncio.gather(
                *(note(service, f"desk-{n}", "hello") for n in range(5)), return_exceptions=True
            )
            assert all(isinstance(answer, NotAnswered) for answer in answers)  # and not when it is back
            assert await service.runtime.health.missing() == ["database"]
            assert await service.runtime.health.stuck() == []
        await eventually(lambda: have_heard(database, "filed", cases=2 * CASES))
        assert await note(service, "desk-9", "hello") == {"note": "hello"}
        await eventually(lambda: _is_zero(count(database, "outbox")))
        assert await count(database, "parked") == 0
    sums = await database.collection("sums").find({}).to_list(None)
    assert sum(row["count"] for row in sums) == 2 * CASES
    assert [await heard(database, f"desk-{n}") for n in range(5) if not _unknown(answers[n])] == [
        [] for n in range(5) if not _unknown(answers[n])
    ]


async def test_a_service_started_while_both_are_away_begins_once_they_are_there(
    wire: Wire, database: Database, start: Start, servers: Addresses
) -> None:
    await file_all(wire)
    servers.broker.kill()
    servers.database.kill()
    async with start() as service:
        assert await service.runtime.health.missing() == ["database"]
        await asyncio.gather(asyncio.to_thread(servers.broker.start), asyncio.to_thread(servers.database.start))
        await eventually(lambda: have_heard(database, "filed"))
        await eventually(lambda: published_once_each(wire, CASES))


async def test_a_service_told_to_end_in_an_outage_ends(
    wire: Wire, database: Database, start: Start, servers: Addresses
) -> None:
    """The broker is away until it has ended."""
    await file_all(wire)
    try:
        async with start():
            await eventually(lambda: have_heard(database, "filed"))
            servers.broker.kill()
    finally:
        await asyncio.to_thread(servers.broker.start)


async def _is_zero(value: Awaitable[int]) -> bool:
    return await value == 0


def _unknown(answer: object) -> bool:
    return isinstance(answer, NotAnswered) and answer.unknown
