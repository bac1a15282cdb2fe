# SPDX-License-Identifier: Apache-2.0
"""Logs that are not what they were, owners that still work, processes that die: on the real broker."""

import asyncio
import signal
from pathlib import Path

import pytest
from tests_toy import Start, ToySettings, alarms, count, filed, hears, kind, made_anew, said, toy_process

from chassis.inputs import event_input
from chassis.mongo import Database
from chassis.records import Reader, StoredRecord
from chassis.testing import PARTITIONS, Wire, eventually

pytestmark = pytest.mark.infra


@pytest.mark.parametrize("more", [1, 6])
async def test_a_topic_recreated_under_the_mark_is_noticed_and_read_from_its_start(
    wire: Wire, database: Database, start: Start, more: int
) -> None:
    await wire.publish("case-1", filed("N-1"), *(said(f"{n}") for n in range(3)))
    async with start():
        await eventually(lambda: hears(database, "case-1", "filed", "0", "1", "2"))
    await made_anew(wire, "intake-cases")
    other = _of_the_same_partition(wire)
    await wire.publish(other, filed("N-2"), *(said("new") for _ in range(more - 1)))
    async with start() as service:
        await eventually(lambda: hears(database, other, "filed", *["new"] * (more - 1)))
        assert alarms(service) == {"log-is-shorter" if more < 4 else "log-is-another"}


def _of_the_same_partition(wire: Wire) -> str:
    """A case that lies where case-1 lies."""
    partitions = list(range(PARTITIONS))
    where = {key: wire.producer._partitioner(key.encode(), partitions, partitions) for key in ("case-1",)}
    candidates = (f"other-{n}" for n in range(100))
    return next(
        key for key in candidates if wire.producer._partitioner(key.encode(), partitions, partitions) == where["case-1"]
    )


async def test_a_topic_recreated_while_it_is_read_is_noticed(
    wire: Wire, database: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.consume.METADATA_SECONDS", 1.0)
    await wire.publish("case-1", filed("N-1"), *(said(f"{n}") for n in range(3)))
    async with start() as service:
        await eventually(lambda: hears(database, "case-1", "filed", "0", "1", "2"))
        await made_anew(wire, "intake-cases")
        other = _of_the_same_partition(wire)
        await wire.publish(other, filed("N-2"))
        await eventually(lambda: hears(database, other, "filed"))
        assert alarms(service) & {"log-went-back", "log-is-shorter"}


async def test_a_former_owner_still_at_work_touches_speed_and_not_truth(
    wire: Wire, database: Database, start: Start
) -> None:
    messages = [wire.message(f"case-{n % 20}", filed("N") if n < 20 else said(f"{n // 20}")) for n in range(100)]
    reader = Reader(wire.prefix, {"intake-cases": True}, frozenset({"case-filed.v1", "message-appended.v1"}))
    records = [
        StoredRecord(wire.prefix + one.topic, 0, offset, 1, one.key, one.value, one.headers)
        for offset, one in enumerate(messages)
    ]
    async with start(roles=("api",)) as former, start(roles=("api",)) as owner:
        await asyncio.gather(
            *(
                service.runtime.processor.process([event_input(reader.read(one), kind(service)) for one in records])
                for service in (former, owner)
            )
        )
        await wire.expect("routing-cases", 20)
    assert await count(database, "cases", **{"state.heard": ["filed", "1", "2", "3", "4"]}) == 20


async def test_a_process_killed_in_the_middle_loses_and_doubles_nothing(
    wire: Wire, database: Database, start: Start, toy_settings: type[ToySettings], tmp_path: Path
) -> None:
    cases = 1500
    await wire.send([wire.message(f"case-{n}", filed(f"N-{n}")) for n in range(cases)])
    process = await toy_process(toy_settings(), "consume")
    try:
        await eventually(lambda: count(database, "cases"), what="the process has begun")
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()
    assert await count(database, "processes") == 1  # it had no time to say goodbye
    async with start():
        await eventually(lambda: _all_filed(database, cases))
        await eventually(lambda: _all_published(wire, cases))
        await eventually(lambda: _is_empty(database))
    sums = await database.collection("sums").find({}).to_list(None)
    assert sum(row["count"] for row in sums) == cases


async def _all_filed(database: Database, cases: int) -> bool:
    return await count(database, "cases", **{"state.heard": ["filed"]}) == cases


async def _all_published(wire: Wire, cases: int) -> bool:
    return {one.key for one in await wire.events("routing-cases")} == {f"case-{n}" for n in range(cases)}


async def _is_empty(database: Database) -> bool:
    return await count(database, "outbox") == 0


async def test_most_of_a_batch_that_would_park_stops_the_consumer_and_parks_nothing(
    wire: Wire, database: Database, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    await wire.send([wire.message(f"case-{n}", said("raise")) for n in range(150)])
    async with start() as service:
        await eventually(lambda: "consumer-stopped" in alarms(service))
        assert await service.runtime.health.missing() == ["consumer"]
        assert await service.runtime.health.stuck() == []
        stopped = service.runtime.metrics.registry.get_sample_value(
            "ventanilla_consumer_stopped", {"service": "routing"}
        )
        assert stopped == 1
        assert any("consumer-stopped" in str(line.msg) and "mend the cause" in str(line.msg) for line in caplog.records)
    assert await wire.records("intake-cases-routing-dlq") == []
    assert await count(database, "parked") == await count(database, "cases") == await count(database, "marks") == 0
    async with start(mended=True):
        await eventually(lambda: _raised(database, 150))


async def _raised(database: Database, cases: int) -> bool:
    return await count(database, "cases", **{"state.heard": ["raise"]}) == cases


async def test_one_event_that_finds_its_row_taken_for_ever_is_parked_and_the_rest_goes_on(
    wire: Wire, database: Database, start: Start
) -> None:
    await wire.publish("case-0", filed("N-0"), said("taken"), said("after"))
    await wire.publish("case-1", filed("N-1"), said("taken"), said("after"))
    await wire.publish("case-2", filed("N-2"), said("more"))
    async with start():
        await eventually(lambda: hears(database, "case-2", "filed", "more"))
        await eventually(lambda: count(database, "parked"))
        await eventually(lambda: count(database, "waiting"))
    assert await count(database, "cases", **{"state.heard": "taken"}) == 1
    parked = await database.collection("parked").find({}).to_list(None)
    assert [row["reason"] for row in parked] == ["Taken while deciding"]
