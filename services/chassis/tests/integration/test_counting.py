# SPDX-License-Identifier: Apache-2.0
"""A service counts its own store: one instant of it, with all that is on its way, told once by whoever is first."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from tests_toy import Start, ToySettings, build, count, filed, kind, note, said
from typer.testing import CliRunner

from chassis.clock import SystemClock
from chassis.command_line import command_line
from chassis.log_ends import Ends, LogEnds
from chassis.messages import Message
from chassis.mongo import Database
from chassis.operating.counting import Census, Counted
from chassis.operating.ledgers import StoreSums
from chassis.outbox import Outbox
from chassis.producer import Producer
from chassis.testing import Wire, eventually
from ventanilla_contracts.audits import AcceptedGap, Ledger, StoreCounted, Unsettled
from ventanilla_contracts.envelope import Actor

pytestmark = pytest.mark.infra

ACTOR = Actor(id="routing", role="service")
READ, OWN = ("intake-cases", "notifications-deliveries"), ("routing-cases",)


class Meanwhile(LogEnds):
    """Topics that are empty; asked the second time, right after the instant of the count, it does something."""

    def __init__(self, work: Callable[[], Awaitable[object]] | None = None) -> None:
        self._work = work
        self._asked = 0

    async def now(self) -> Ends:
        self._asked += 1
        if self._asked == 2 and self._work:
            await self._work()
        return {}


async def counted(
    database: Database, start: Start, work: Callable[[], Awaitable[object]] | None = None
) -> StoreCounted:
    """What the toy's store holds, counted by nobody who is at work."""
    async with start(roles=()) as service:
        runtime = service.runtime
        await runtime.prepared()
        of = Counted("routing", (kind(service),), {}, runtime.settings.kafka_topic_prefix + "routing")
        return await Census(database, SystemClock(), of).count(Meanwhile(work), actor=ACTOR)


def ledgers(event: StoreCounted) -> dict[str, Ledger]:
    return {ledger.topic: ledger for ledger in event.ledgers}


def expected(applied: dict[str, dict[str, int]], emitted: dict[str, dict[str, int]]) -> dict[str, Ledger]:
    """The ledgers of a store with these subjects: topic -> subject -> seq."""
    sums = StoreSums(READ, OWN, ())
    for kind_, told in (("applied", applied), ("emitted", emitted)):
        for topic, subjects in told.items():
            for subject, seq in subjects.items():
                document = {"_id": subject, "applied": {}, "emitted": {}}
                document[kind_] = {topic: [seq, ""] if kind_ == "applied" else seq}
                sums.add_subject(document)
    return {ledger.topic: ledger for ledger in sums.ledgers()}


async def test_what_is_told_is_what_was_applied_and_made_and_how_far_partitions_were_read(
    wire: Wire, database: Database, start: Start
) -> None:
    await wire.publish("case-1", filed("N-1"), said("more"))
    await wire.publish("case-2", filed("N-2"))
    async with start() as service:
        await eventually(lambda: count(database, "cases", **{"state.heard": "more"}))
        await eventually(lambda: count(database, "cases", **{"state.number": "N-2"}))
        await note(service, "case-2", "told")
        await wire.expect("routing-cases", 3)
        await eventually(lambda: _is_empty(database, "outbox"))
        event = await service.runtime.counts.publish()
    assert event.subjects == {"cases": 2}
    assert ledgers(event) == expected(
        {"intake-cases": {"case-1": 2, "case-2": 1}}, {"routing-cases": {"case-1": 1, "case-2": 2}}
    )
    assert {one.topic: sum(p.next for p in event.positions if p.topic == one.topic) for one in event.positions} == {
        "intake-cases": 3
    }
    ends = [(one.before, one.after) for one in event.produced if one.topic == "routing-cases"]
    assert sum(before for before, _ in ends) == sum(after for _, after in ends) == 3
    assert (event.unsettled, event.parked, event.unpublished, event.accepted) == ((), (), (), ())
    [told] = await wire.events("routing-audits")
    assert (told.key, told.envelope.source, told.event) == ("routing", "/routing", event)


async def test_a_store_without_subjects_has_empty_ledgers(database: Database, wire: Wire, start: Start) -> None:
    event = await counted(database, start)
    assert {ledger.topic: (ledger.kind, ledger.buckets) for ledger in event.ledgers} == {
        "intake-cases": ("applied", {}),
        "notifications-deliveries": ("applied", {}),
        "routing-cases": ("emitted", {}),
    }


async def test_it_is_one_instant_whatever_is_written_while_it_is_read(
    wire: Wire, database: Database, start: Start
) -> None:
    async with start(roles=("api",)) as service:
        await note(service, "case-1", "one")
        await eventually(lambda: _is_empty(database, "outbox"))

    async def meanwhile() -> None:
        await database.collection("cases").delete_many({})
        await database.collection("outbox").insert_one({"_id": "p/1", "process": "p", "at": datetime.now(UTC)})
        await database.collection("parked").insert_one({"_id": "x"})

    event = await counted(database, start, meanwhile)
    assert (event.subjects, event.parked_count, event.outbox.count) == ({"cases": 1}, 0, 0)
    assert await count(database, "cases") == 0
    assert ledgers(event) == expected({}, {"routing-cases": {"case-1": 1}})


async def test_what_is_parked_and_what_waits_is_named_with_how_far_its_case_is(
    wire: Wire, database: Database, start: Start
) -> None:
    await wire.publish("case-1", filed("N-1"), said("raise"), said("two"), said("three"))
    first = wire.message("case-2", filed("N-2"))
    await wire.send([Message(first.topic, first.key, b"{broken", first.headers)])
    async with start():
        await eventually(lambda: _has(database, "parked", 2))
        await eventually(lambda: _has(database, "waiting", 2))
    event = await counted(database, start)
    assert {(one.topic, one.subject, one.seq, one.reason) for one in event.parked} == {
        ("intake-cases", "case-1", 2, "ZeroDivisionError while deciding"),
        ("intake-cases", "case-2", 1, "value: json_invalid"),
    }
    assert event.parked_count == 2
    assert event.waiting.count == 2
    assert event.unsettled == (
        Unsettled(subject="case-1", applied={"intake-cases": 1}, waiting=2),
        Unsettled(subject="case-2", applied={}, waiting=0),
    )
    assert event.subjects == {"cases": 1}


async def test_what_is_saved_and_not_published_is_named_by_its_last_seq(
    wire: Wire, database: Database, start: Start
) -> None:
    outbox = Outbox(database, Producer(wire.servers, "gone", wire.prefix), "gone-1")
    async with start(roles=("api",)) as service:
        for text in ("one", "two"):
            await note(service, "case-1", text)
        await eventually(lambda: _is_empty(database, "outbox"))
    published = await wire.records("routing-cases")
    messages = [Message("routing-cases", one.key, one.value, one.headers) for one in published]
    dead_letter = Message("intake-cases-routing-dlq", b"case-9", b"x", ())
    made = outbox.documents([*messages, dead_letter], datetime.now(UTC) - timedelta(seconds=90))
    await database.transaction(lambda session: outbox.save(session, made))
    event = await counted(database, start)
    assert [(one.topic, one.subject, one.seq) for one in event.unpublished] == [("routing-cases", "case-1", 2)]
    assert (event.unpublished_count, event.outbox.count) == (1, 3)
    assert 90 <= event.outbox.oldest_seconds < 150


async def test_gaps_count_as_accepted_once_that_is_done(wire: Wire, database: Database, start: Start) -> None:
    gap = {"what": "accept", "topic": "intake-cases", "subject": "case-1", "seq": 3}
    rows = [{**gap, "_id": "1", "outcome": "accepted"}, {**gap, "_id": "2", "outcome": "begun", "seq": 9}]
    await database.collection("audit").insert_many(rows)
    event = await counted(database, start)
    assert event.accepted == (AcceptedGap(topic="intake-cases", subject="case-1", seq=3),)


async def test_marks_of_a_rebuild_are_not_positions_of_this_store(wire: Wire, database: Database, start: Start) -> None:
    position = {"position": {"next": 7, "offset": 6, "timestamp": 0}}
    group = wire.prefix + "routing"
    ids = [f"{group}/intake-cases/0", f"{group}.2/intake-cases/0", f"{group}/2/intake-cases/0"]
    await database.collection("marks").insert_many([{"_id": one, **position} for one in ids])
    event = await counted(database, start)
    assert [(one.topic, one.partition, one.next) for one in event.positions] == [("intake-cases", 0, 7)]


async def test_a_count_while_a_service_is_at_work_agrees_with_the_topics_at_its_positions(
    wire: Wire, database: Database, start: Start
) -> None:
    cases = 400
    counts: list[StoreCounted] = []
    writing = asyncio.create_task(_file_and_append(wire, cases, counts))
    async with start() as one, start():
        while not counts or counts[-1].subjects["cases"] < cases:
            counts.append(await one.runtime.counts.publish())
    await writing
    read, made = await wire.records("intake-cases"), await wire.records("routing-cases")
    for event in counts:
        applied, emitted = ledgers(event)["intake-cases"], ledgers(event)["routing-cases"]
        positions = {p.partition: p.next for p in event.positions if p.topic == "intake-cases"}
        seqs = _seqs(read, positions)
        assert applied == expected({"intake-cases": seqs}, {})["intake-cases"]
        least = set(_seqs(made, {p.partition: p.before for p in event.produced})) | {
            one.subject for one in event.unpublished
        }
        most = least | set(_seqs(made, {p.partition: p.after for p in event.produced}))
        assert len(least) <= sum(bucket.count for bucket in emitted.buckets.values()) <= len(most)
    assert len({sum(p.next for p in event.positions) for event in counts}) > 2, "it was counted while it was at work"


async def _file_and_append(wire: Wire, cases: int, counts: list[StoreCounted]) -> None:
    """In portions; each once something of the one before it was counted."""
    for first in range(0, cases, 20):
        if first % 100 == 0:
            await eventually(lambda: counts and counts[-1].subjects["cases"] > first - 100)  # noqa: B023
        names = [f"case-{n}" for n in range(first, first + 20)]
        await wire.send([wire.message(name, event) for name in names for event in (filed(name), said("more"))])


def _seqs(records: list[object], ends: dict[int, int]) -> dict[str, int]:
    """How far each key is in a topic that ends there."""
    found: dict[str, int] = {}
    for record in records:
        if record.offset < ends.get(record.partition, 0):  # type: ignore[attr-defined]
            key = record.key.decode()  # type: ignore[attr-defined]
            found[key] = found.get(key, 0) + 1
    return found


async def test_of_two_instances_one_counts_and_not_again_before_it_is_time(
    wire: Wire, database: Database, start: Start
) -> None:
    async with start(roles=()) as one, start(roles=()) as other:
        counts = [one.runtime.counts, other.runtime.counts]
        for _ in range(3):
            await asyncio.gather(*(each.step() for each in counts))
        assert len(await wire.events("routing-audits")) == 1
        yesterday = datetime.now(UTC) - timedelta(hours=25)
        await database.collection("counts").update_one({"_id": "last"}, {"$set": {"at": yesterday}})
        assert await other.runtime.counts.step()
        assert len(await wire.events("routing-audits")) == 2


async def test_the_command_line_counts_and_says_so(
    wire: Wire,
    database: Database,
    start: Start,
    toy_settings: Callable[..., ToySettings],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with start(roles=("api",)) as service:
        await note(service, "case-1", "one")
    for name, value in toy_settings().model_dump(exclude_none=True).items():
        monkeypatch.setenv(name.upper(), "x" * 32 if name == "signing_keys" else str(value))
    monkeypatch.setattr("chassis.log.configure", lambda *_, **__: None)  # the terminal here is gone after each command
    app = command_line(ToySettings, build)
    done = await asyncio.to_thread(CliRunner().invoke, app, ["count"])
    assert done.output == "routing: 1 cases; 0 waiting, 0 parked, 0 to publish; published on routing-audits\n"
    assert len(await wire.events("routing-audits")) == 1
    monkeypatch.setenv("KAFKA_TOPIC_PREFIX", "nowhere-")
    done = await asyncio.to_thread(CliRunner().invoke, app, ["count"])
    assert (done.exit_code, "topics missing: nowhere-routing-cases" in done.output) == (1, True)


async def _has(database: Database, collection: str, rows: int) -> bool:
    return await count(database, collection) == rows


async def _is_empty(database: Database, collection: str) -> bool:
    return await count(database, collection) == 0
