# SPDX-License-Identifier: Apache-2.0
"""Hazards 1, 7, 12, 14 and 17: several processes at one case, one sum, one key; commits whose end nobody knows."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
from pymongo import ReplaceOne
from tests_toy import Note, count, filed, heard, hears, kind, said

from chassis import batch, mongo
from chassis.commands import Commands, NotAnswered
from chassis.inputs import Input
from chassis.mongo import CommitUnknown, Conflict, Database, Session
from chassis.outbox import Outbox
from chassis.store import Store
from chassis.sweeper import Sweeper
from chassis.testing import TIMEOUT, eventually
from chassis.testing.process import Killed, Log, Process, wire_without_broker

pytestmark = pytest.mark.infra

ByHand = Callable[..., Awaitable[Process]]


async def tries_while_locked(
    toy: Process, monkeypatch: pytest.MonkeyPatch, *, at_least: int = 0, patience: float = TIMEOUT
) -> tuple[str, int]:
    """Another transaction holds the case: what who asks is told within ``patience``, and how often it was tried.

    It is held until it was tried so often ``at_least``. Where the server has ended it before, which it does after five
    seconds, nothing was shown: once more.
    """
    monkeypatch.setattr("chassis.commands.ANSWER_SECONDS", 1.0)
    await toy.ask("case-1", Note("first"))
    while True:
        with suppress(Conflict):
            return await _tries_while_locked(toy, at_least, patience)


async def _tries_while_locked(toy: Process, at_least: int, patience: float) -> tuple[str, int]:
    """Raises Conflict if the case was free before the end."""
    other = Database(toy.runtime.settings.mongodb_uri, toy.runtime.database.name)
    commands = Commands(toy.runtime.processor)
    answering = asyncio.create_task(commands.run())
    told: list[str] = []
    before = conflicts_of(toy)

    async def holds(session: Session) -> None:
        await other.collection("cases").update_one({"_id": "case-1"}, {"$set": {"held": True}}, session=session)
        try:
            async with asyncio.timeout(patience):
                told.append(str(await commands.execute(kind(toy.service), "case-1", Note("second"))))
        except NotAnswered:
            told.append("not answered")
        except TimeoutError:
            told.append("silence")
        await eventually(lambda: conflicts_of(toy) - before >= at_least)

    try:
        await other.transaction(holds)
    finally:
        answering.cancel()
        await asyncio.gather(answering, return_exceptions=True)
        other.close()
    return told[0], conflicts_of(toy) - before


def conflicts_of(toy: Process) -> int:
    found = toy.runtime.metrics.registry.get_sample_value("ventanilla_conflicts_total", {"service": "routing"})
    return int(found or 0)


@pytest.mark.hazard(1)
async def test_who_asks_for_a_held_case_is_told_in_time_and_it_is_tried_with_pauses(
    by_hand: ByHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy = await by_hand()
    began = time.monotonic()
    told, tries = await tries_while_locked(toy, monkeypatch, at_least=2)
    assert told == "not answered"
    assert tries <= 40 * (time.monotonic() - began)


@pytest.mark.hazard(1, without="own retry with jitter")
async def test_without_pauses_it_spins(by_hand: ByHand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.batch.random.uniform", lambda *_: 0.0)
    told, tries = await tries_while_locked(await by_hand(), monkeypatch, at_least=25)  # within five seconds
    assert told == "not answered"
    assert tries >= 25


@pytest.mark.hazard(1, without="answered within five seconds or 503")
async def test_without_a_limit_who_asks_hears_nothing(by_hand: ByHand, monkeypatch: pytest.MonkeyPatch) -> None:
    toy = await by_hand()
    execute = Commands.execute

    async def patient(commands: Commands, *asked: Any, **options: Any) -> Any:
        monkeypatch.setattr("chassis.commands.ANSWER_SECONDS", 3600.0)
        return await execute(commands, *asked, **options)

    monkeypatch.setattr(Commands, "execute", patient)
    assert (await tries_while_locked(toy, monkeypatch, patience=3))[0] == "silence"


async def published_after_a_doubtful_commit(toy: Process) -> int:
    """The commit was done and its answer lost; the record comes again and is old: what its case told so far."""
    [record] = Log().append_all([wire_without_broker().message("case-1", filed("N-1"))])
    toy.commit = "unknown, done"
    with pytest.raises(CommitUnknown):
        await toy.take([record])
    await toy.take([record])
    await toy.publish()
    return len(toy.broker.messages)


@pytest.mark.hazard(7)
@pytest.mark.hazard(14)
async def test_after_a_doubtful_commit_the_publisher_looks_in_the_store(by_hand: ByHand) -> None:
    assert await published_after_a_doubtful_commit(await by_hand()) == 1


@pytest.mark.hazard(7, without="own publisher looks in the store")
async def test_else_what_was_saved_is_forgotten(by_hand: ByHand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Outbox, "look", lambda _: None)
    assert await published_after_a_doubtful_commit(await by_hand()) == 0


async def published_of_a_late_death(former: Process, owner: Process) -> int:
    """The new owner finds no leftovers; then the former owner, still at work, commits and dies."""
    [record] = Log().append_all([wire_without_broker().message("case-1", filed("N-1"))])
    assert await owner.sweep() == 0
    former.commit = "killed after"
    with pytest.raises(Killed):
        await former.take([record])
    await former.die()
    for _ in range(2):
        await owner.sweep()
    return len(owner.broker.messages)


@pytest.mark.hazard(7)
async def test_one_sweeper_looks_again_and_again_for_what_the_dead_left(by_hand: ByHand) -> None:
    assert await published_of_a_late_death(await by_hand(), await by_hand()) == 1


@pytest.mark.hazard(7, without="one sweeper by heartbeat")
async def test_leftovers_looked_for_only_by_a_new_owner_are_missed(
    by_hand: ByHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, looked = Sweeper.step, set[str]()

    async def once(sweeper: Sweeper) -> int:
        owner = sweeper._lease._holder
        if owner in looked:
            return 0
        looked.add(owner)
        return await step(sweeper)

    monkeypatch.setattr(Sweeper, "step", once)
    assert await published_of_a_late_death(await by_hand(), await by_hand()) == 0


async def heard_after_a_doubtful_commit(toy: Process, database: Database) -> list[str]:
    """The commit was not done and its answer lost."""
    log = Log().append_all([wire_without_broker().message("case-1", filed("N-1"))])
    toy.commit = "unknown, not done"
    try:
        await toy.take(log)
    except CommitUnknown:
        await toy.take(log)
    return await heard(database, "case-1")


@pytest.mark.hazard(14)
async def test_what_a_doubtful_commit_did_not_do_is_read_and_done_again(by_hand: ByHand, database: Database) -> None:
    assert await heard_after_a_doubtful_commit(await by_hand(), database) == ["filed"]


@pytest.mark.hazard(14, without="commit unknown: read again")
async def test_taken_for_done_it_is_lost(by_hand: ByHand, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    toy = await by_hand()
    commit = toy.runtime.database._commit

    async def hopes(session: Session) -> None:
        try:
            await commit(session)
        except CommitUnknown:
            return

    monkeypatch.setattr(toy.runtime.database, "_commit", hopes)
    assert await heard_after_a_doubtful_commit(toy, database) == []


async def saved_beside_a_hot_case(toy: Process, other: Process, database: Database) -> int:
    """Whenever the hot case is decided together with others, somebody changes it meanwhile, up to fourteen times:
    how often it took until the other sixteen were saved."""
    wire = wire_without_broker()
    await other.ask("hot", Note("begin"))
    load = toy.runtime.processor._store.subjects
    disturbed = 0

    async def loads_and_is_overtaken(aggregate: Any, ids: list[str]) -> Any:
        nonlocal disturbed
        found = await load(aggregate, ids)
        if "hot" in ids and len(ids) > 1 and disturbed < 14:
            disturbed += 1
            await other.ask("hot", Note(f"n{disturbed}"))
        return found

    setattr(toy.runtime.processor._store, "subjects", loads_and_is_overtaken)  # noqa: B010
    messages = [wire.message(f"case-{n}", filed(f"N-{n}")) for n in range(15)]
    await toy.take(Log().append_all([*messages, wire.message("hot", filed("N"))]))
    assert await count(database, "cases", **{"state.heard": "filed"}) == 16
    return disturbed


@pytest.mark.hazard(14)
async def test_one_hot_case_does_not_hold_up_the_batch(by_hand: ByHand, database: Database) -> None:
    disturbed = await saved_beside_a_hot_case(await by_hand(), await by_hand(), database)
    assert disturbed == 4 * batch.TRIES_BEFORE_HALVING  # 16, 8, 4, 2; alone nobody is in its way


@pytest.mark.hazard(14, without="after three conflicts, half the batch")
async def test_a_batch_that_is_never_halved_fails_as_long_as_its_hot_case_is_hot(
    by_hand: ByHand, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "TRIES_BEFORE_HALVING", 1_000)
    assert await saved_beside_a_hot_case(await by_hand(), await by_hand(), database) == 14


async def conflicts_at_one_sum(one: Process, other: Process, database: Database) -> tuple[int, int]:
    """Two instances add to the same sum, each from its own partition, at the same time: conflicts, and the sum."""
    wire = wire_without_broker()
    log = Log()
    ours, theirs = log.append_all([wire.message("case-0", filed("N-1")), wire.message("case-1", filed("N-2"))])
    assert ours.partition != theirs.partition
    await one.take([log.append(wire.message("case-2", filed("N-0")))])  # the collections are there
    commit = one.runtime.database._commit
    taking: list[asyncio.Task[None]] = []

    async def meanwhile(session: Session) -> None:
        taking.append(asyncio.create_task(other.take([theirs])))
        await eventually(lambda: taking[0].done() or conflicts_of(other))  # with nothing in its way it is saved first
        setattr(one.runtime.database, "_commit", commit)  # noqa: B010
        await commit(session)

    setattr(one.runtime.database, "_commit", meanwhile)  # noqa: B010
    await one.take([ours])
    await asyncio.gather(*taking)
    rows = await database.collection("sums").find({}).to_list(None)
    return conflicts_of(one) + conflicts_of(other), sum(row["count"] for row in rows)


@pytest.mark.hazard(12)
async def test_sums_are_kept_per_partition(by_hand: ByHand, database: Database) -> None:
    assert await conflicts_at_one_sum(await by_hand(), await by_hand(), database) == (0, 3)


@pytest.mark.hazard(12, without="sums per partition")
async def test_one_sum_for_all_partitions_aborts_one_of_two(
    by_hand: ByHand, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = Store._save_rows

    async def in_one(store: Store, session: Session, rows: list[tuple[int, Any]]) -> None:
        await save(store, session, [(0, row) for _, row in rows])

    monkeypatch.setattr(Store, "_save_rows", in_one)
    conflicts, total = await conflicts_at_one_sum(await by_hand(), await by_hand(), database)
    assert conflicts > 0
    assert total == 3


async def asked_twice_at_once(one: Process, other: Process) -> list[object]:
    """Two instances are told of the same new case; the second writes when the first has just saved it."""
    load = other.runtime.processor._store.subjects
    first = Input(kind(one.service), "case-1", message=Note("a"), key="k")
    overtaken = iter([first])

    async def loads_and_is_overtaken(*asked: Any) -> Any:
        found = await load(*asked)
        for item in overtaken:
            await one.runtime.processor.process([item])
        return found

    setattr(other.runtime.processor._store, "subjects", loads_and_is_overtaken)  # noqa: B010
    second = await other.ask("case-1", Note("a"), key="k")
    return [first.outcome, second.outcome]


@pytest.mark.hazard(17)
async def test_a_key_that_somebody_took_is_a_conflict(by_hand: ByHand, database: Database) -> None:
    assert await asked_twice_at_once(await by_hand(), await by_hand()) == [{"note": "a"}, {"note": "a"}]
    assert await hears(database, "case-1", "note a")


@pytest.mark.hazard(17, without="E11000 is a conflict")
async def test_taken_for_a_fault_it_fails_who_came_second(by_hand: ByHand, monkeypatch: pytest.MonkeyPatch) -> None:
    meaning = mongo._meaning
    monkeypatch.setattr(
        mongo, "_meaning", lambda error: None if mongo.DUPLICATE_KEY in mongo._codes(error) else meaning(error)
    )
    [_, second] = await asked_twice_at_once(await by_hand(), await by_hand())
    assert type(second).__name__ == "BulkWriteError"


async def heard_of_two(one: Process, other: Process, database: Database) -> list[str]:
    """Two instances change one case at the same time."""
    await one.ask("case-1", Note("first"))
    load = one.runtime.processor._store.subjects
    others = iter(["theirs"])

    async def loads_and_is_overtaken(*asked: Any) -> Any:
        found = await load(*asked)
        for text in others:
            await other.ask("case-1", Note(text))
        return found

    setattr(one.runtime.processor._store, "subjects", loads_and_is_overtaken)  # noqa: B010
    await one.take(Log().append_all([wire_without_broker().message("case-1", said("ours"))]))
    return await heard(database, "case-1")


@pytest.mark.hazard(14)
async def test_what_changed_meanwhile_is_loaded_again(by_hand: ByHand, database: Database) -> None:
    assert await heard_of_two(await by_hand(), await by_hand(), database) == ["note first", "note theirs", "ours"]


@pytest.mark.hazard(14, without="states are guarded by their version")
async def test_without_the_version_one_of_two_is_lost(
    by_hand: ByHand, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unguarded(query: dict[str, Any], document: Any, **options: Any) -> ReplaceOne[Any]:
        return ReplaceOne({"_id": query["_id"]}, document, **options)

    monkeypatch.setattr("chassis.store.ReplaceOne", unguarded)
    assert await heard_of_two(await by_hand(), await by_hand(), database) == ["note first", "ours"]
