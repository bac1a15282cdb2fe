# SPDX-License-Identifier: Apache-2.0
"""What crosses the broker and the database, on the real ones."""

import json
from typing import Any

import pytest
from tests_toy import Start, delivered, filed, heard, said

from chassis.messages import Message
from chassis.mongo import Database
from chassis.testing import Wire, eventually

pytestmark = pytest.mark.infra


async def test_an_event_becomes_state_and_the_events_that_follow(wire: Wire, database: Database, start: Start) -> None:
    await wire.publish("case-1", filed("N-1"))
    async with start():
        [seen] = await wire.expect("routing-cases", 1, key="case-1")
    assert seen.envelope.seq == 1
    assert seen.envelope.seen == {"intake-cases": 1}
    assert await heard(database, "case-1") == ["filed"]
    assert await database.collection("outbox").count_documents({}) == 0
    row = await database.collection("cases").find_one({"_id": "case-1"})
    assert row is not None
    assert [timer["name"] for timer in row["timers"]] == ["later"]


async def test_an_event_that_has_seen_more_waits_for_it(wire: Wire, database: Database, start: Start) -> None:
    await wire.publish("case-1", delivered(), seen={"intake-cases": 2})
    async with start():
        await eventually(lambda: database.collection("waiting").count_documents({}))
        await wire.publish("case-1", filed("N-1"), said("more"))
        await eventually(lambda: _is(heard(database, "case-1"), ["filed", "more", "delivered"]))
    assert await database.collection("waiting").count_documents({}) == 0


async def test_an_event_that_comes_twice_is_applied_once(wire: Wire, database: Database, start: Start) -> None:
    first, second = wire.message("case-1", filed("N-1")), wire.message("case-1", said("more"))
    await wire.send([first, first, second, first, second])
    async with start():
        await wire.publish("case-2", filed("N-2"))
        await wire.expect("routing-cases", 1, key="case-2")
        await eventually(lambda: _is(heard(database, "case-1"), ["filed", "more"]))
        await wire.expect("routing-cases", 1, key="case-1")


async def test_five_poisoned_records_among_five_hundred_good_ones(wire: Wire, database: Database, start: Start) -> None:
    good = [wire.message(f"case-{n}", filed(f"N-{n}")) for n in range(500)]
    model = wire.message("bad", filed("N-bad"))
    poison = [
        Message(model.topic, b"bad", b"{no json", model.headers),
        Message(model.topic, b"bad", model.value, [*model.headers[:2], ("ce_type", b"banana.v1"), *model.headers[3:]]),
        Message(model.topic, b"bad", model.value, [*model.headers, ("x-null", None)]),
        Message(model.topic, b"bad", model.value, [*model.headers, ("x-bytes", b"\xff\xfe")]),
        Message(model.topic, b"bad", b'"' + b"x" * 1_100_000 + b'"', model.headers),
    ]
    messages = [*good[:100], poison[0], *good[100:200], poison[1], poison[2], *good[200:], poison[3], poison[4]]
    await wire.send(messages)
    async with start():
        await eventually(lambda: _is(database.collection("cases").count_documents({"state.heard": "filed"}), 500))

        async def letters() -> list[Any]:
            found = await wire.records("intake-cases-routing-dlq")
            return found if len(found) >= 5 else []

        dead = await eventually(letters)
        await wire.expect("routing-cases", 500)
    assert len(dead) == 5
    assert {record.value for record in dead} == {message.value for message in poison}
    reasons = sorted(dict(record.headers)["dlq-reason"].decode() for record in dead)
    assert [reason.split(":")[0] for reason in reasons] == [
        "header x-bytes",
        "header x-null",
        "type banana.v1",
        "value",
        "value",
    ]


async def test_what_a_rule_raises_on_is_parked_and_the_rest_goes_on(
    wire: Wire, database: Database, start: Start
) -> None:
    await wire.publish("case-1", filed("N-1"), said("raise"), said("after"))
    await wire.publish("case-2", filed("N-2"), said("surrogate"))
    await wire.publish("case-3", filed("N-3"))
    async with start():
        await eventually(lambda: _is(heard(database, "case-3"), ["filed"]))
        await eventually(lambda: _is(database.collection("parked").count_documents({}), 2))
        await eventually(lambda: database.collection("waiting").count_documents({}))
    assert await heard(database, "case-1") == ["filed"]
    assert await heard(database, "case-2") == ["filed"]
    row = await database.collection("parked").find_one({"subject": "case-1"})
    assert row is not None
    assert row["reason"] == "ZeroDivisionError while deciding"
    assert json.loads(row["value"])["personal"]["text"] == "raise"


async def test_a_restart_goes_on_at_the_mark(wire: Wire, database: Database, start: Start) -> None:
    await wire.publish("case-1", filed("N-1"))
    async with start():
        await wire.expect("routing-cases", 1)
    await wire.publish("case-1", said("more"))
    async with start():
        await eventually(lambda: _is(heard(database, "case-1"), ["filed", "more"]))
    assert len(await wire.events("routing-cases")) == 1


async def test_two_instances_apply_everything_once(wire: Wire, database: Database, start: Start) -> None:
    for n in range(60):
        await wire.publish(f"case-{n}", filed(f"N-{n}"))
    async with start(), start():
        for n in range(60):
            await wire.publish(f"case-{n}", said("more"))
        await eventually(
            lambda: _is(database.collection("cases").count_documents({"state.heard": ["filed", "more"]}), 60)
        )
        await wire.expect("routing-cases", 60)


async def _is(value: Any, expected: object) -> bool:
    return bool(await value == expected)
