# SPDX-License-Identifier: Apache-2.0
"""Hazard 9: a producer that comes back from a backup tells on, and its readers hear all of it."""

from collections.abc import Awaitable, Callable

import pytest
from tests_toy import Note, count

from chassis.mongo import Database
from chassis.operating.resync import Resync
from chassis.testing.process import Log, Process
from ventanilla_contracts.envelope import Envelope

pytestmark = pytest.mark.infra

ByHand = Callable[..., Awaitable[Process]]


async def heard_of_a_restored_producer(toy: Process, database: Database) -> list[str]:
    """It told two events, the second after its backup; restored and started again it tells a third: what its readers
    do not know of yet.
    """
    log = Log()
    toy.finds_on_topics(log)
    await toy.ask("case-1", Note("one"))
    backup = await database.collection("cases").find({}).to_list(None)
    await toy.ask("case-1", Note("two"))
    await toy.publish()
    log.append_all(toy.broker.messages)
    await toy.runtime.heartbeats.retire(toy.outbox.process)
    await database.collection("cases").delete_many({})
    await database.collection("cases").insert_many(backup)
    await toy.runtime.heartbeats.retire(toy.runtime.process)
    known = {_seq(message.headers) for message in toy.broker.messages}
    await toy.runtime.resync.run()
    await toy.die()
    await toy.ask("case-1", Note("three"))
    await toy.publish()
    assert await count(database, "cases") == 1
    return [f"event {seq}" for message in toy.broker.messages[2:] if (seq := _seq(message.headers)) not in known]


def _seq(headers: object) -> int | None:
    return Envelope.from_headers(headers).seq  # type: ignore[arg-type]


@pytest.mark.hazard(9)
async def test_after_a_resync_it_counts_on_from_its_topics(by_hand: ByHand, database: Database) -> None:
    assert await heard_of_a_restored_producer(await by_hand(), database) == ["event 3"]


@pytest.mark.hazard(9, without="resync")
async def test_without_it_readers_take_its_new_events_for_old_ones(
    by_hand: ByHand, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(_: Resync) -> None:
        return

    monkeypatch.setattr(Resync, "run", nothing)
    assert await heard_of_a_restored_producer(await by_hand(), database) == []
