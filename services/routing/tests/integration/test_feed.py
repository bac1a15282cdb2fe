# SPDX-License-Identifier: Apache-2.0
"""Pages that are open in one process hear what any process writes, also what it wrote before they connected again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from chassis.mongo import Database
from chassis.testing import eventually
from routing.live.events import position_of
from routing.live.feed import Feed
from routing.live.listening import Change, Listener
from routing.live.presence import PRESENCE_INDEXES, Presence

pytestmark = pytest.mark.infra

NOW = datetime(2026, 3, 2, 15, 15, tzinfo=UTC)


def row(n: int, version: int) -> dict[str, Any]:
    state = {"case_number": f"N-{n}", "version": version, "open": True, "to_review": n == 2, "person": {"name": "Ana"}}
    return {"_id": f"case-{n}", "state": state}


@asynccontextmanager
async def running(database: Database) -> AsyncIterator[Feed]:
    feed = Feed(database)
    task = asyncio.create_task(feed.run())
    yield feed
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def heard(listener: Listener, n: int) -> list[Change]:
    found: list[Change] = []

    async def enough() -> bool:
        found.extend(listener.take()[0])
        return len(found) >= n

    await eventually(enough)
    return found


async def test_an_emergency_is_heard_until_somebody_takes_it_up(database: Database) -> None:
    await database.create_indexes({"cases": []})
    cases, began = database.collection("cases"), position_of("")
    assigned = {"area": "salud", "responder": {"id": "diego"}}

    def emergency(version: int, status: str) -> dict[str, Any]:
        case = row(9, version)
        return {**case, "state": {**case["state"], "status": status, "place": 0, "assignment": assigned}}

    async with running(database) as feed:
        with feed.listening("marta", "case-1", began, "salud") as page, feed.listening("ana", None, began) as queue:
            await cases.insert_one(emergency(3, "classified"))
            assert [change.emergency for change in await heard(queue, 1)] == [False]
            await cases.replace_one({"_id": "case-9"}, emergency(4, "assigned"))
            assert [(change.version, change.emergency) for change in await heard(page, 1)] == [(4, True)]
            await heard(queue, 1)
            await cases.replace_one({"_id": "case-9"}, emergency(5, "in-progress"))
            assert [change.emergency for change in await heard(queue, 1)] == [False]
            assert page.take() == ([], False)


async def test_two_processes_tell_their_pages_what_is_written_and_who_came(database: Database) -> None:
    await database.create_indexes({"cases": [], **PRESENCE_INDEXES})
    cases, presence = database.collection("cases"), Presence(database)
    began = position_of("")
    await cases.insert_one(row(1, 4))  # before anybody listens, after the page was made
    async with running(database) as one, running(database) as other:
        with one.listening("a", None, began) as queue, other.listening("b", "case-2", began) as page:
            assert [(change.number, change.version) for change in await heard(queue, 1)] == [("N-1", 4)]
            await cases.replace_one({"_id": "case-1"}, row(1, 5))
            await cases.insert_one(row(2, 1))
            await presence.enter("case-2", "ana", NOW)
            await presence.enter("case-2", "ana", NOW)  # renewed: nobody is told
            told = await heard(queue, 2)
            assert [(change.number, change.version) for change in told] == [("N-1", 5), ("N-2", 1)]
            assert [change.to_review for change in told] == [False, True]
            assert [change.number for change in await heard(page, 2)] == ["N-2", ""]
            with one.listening("a", None, told[0].at) as again:  # the browser connects again, from there
                repeated, missed = again.take()
            assert not missed
            assert {change.number for change in repeated} == {"N-1", "N-2"}
    assert [one.member for one in await presence.others("case-2", "b")] == ["ana"]
    assert await presence.others("case-2", "ana") == []
    await presence.leave("case-2", "ana")

    async def gone() -> bool:
        return await presence.others("case-2", "b") == []

    await eventually(gone)
