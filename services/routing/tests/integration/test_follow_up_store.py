# SPDX-License-Identifier: Apache-2.0
"""What the follow-up of the ombudsman reads: the cases of which they asked in the period, and no other (ICX-08)."""

from datetime import date, timedelta
from typing import Any

import pytest
from routing_story import AGENT, Story, filed

from chassis.mongo import Database
from chassis.testing.reads import reads
from routing.consumers import CASES
from routing.domain.answering.commands import MarkOmbudsman, WidenOmbudsman
from routing.domain.case import Case
from routing.following.store import FollowUpStore
from routing.indexes import INDEXES

pytestmark = pytest.mark.infra

MARCH_3 = date(2026, 3, 3)
WITHOUT, LATER, FOUND = 200, 50, 3


def asked(received_on: date) -> Case:
    story = Story(filed())
    day = received_on.isoformat()
    story.ask(MarkOmbudsman(AGENT, f"DCF-{day}", received_on, "¿Por qué?"), at=f"{day} 09:00")
    story.ask(WidenOmbudsman(AGENT, f"DCF-{day}", date(2026, 12, 1), "Falta un extracto."), at=f"{day} 09:00")
    return story.case


def stored(n: int, case: Case) -> dict[str, Any]:
    state = case.model_copy(update={"id": f"case-{n:04d}", "case_number": f"CAJA-2026-{n:06d}-0"})
    return {"_id": state.id, "state": state.model_dump()}


async def test_it_reads_the_requests_of_the_period_and_no_other_case(database: Database) -> None:
    cases = database.collection(CASES)
    await database.create_indexes(INDEXES)
    none, later = Story(filed()).case, [asked(MARCH_3 + timedelta(days=10 + n)) for n in range(LATER)]
    every = [*[none] * WITHOUT, *later, *[asked(MARCH_3 + timedelta(days=n)) for n in range(FOUND)]]
    await cases.insert_many([stored(n, case) for n, case in enumerate(every)])
    store = FollowUpStore(database)
    async with reads(database) as read:
        found = await store.asked(MARCH_3, MARCH_3 + timedelta(days=FOUND - 1))
    assert [one.case_number for one in found] == [f"CAJA-2026-{WITHOUT + LATER + n:06d}-0" for n in range(FOUND)]
    assert found[0].requests == every[WITHOUT + LATER].ombudsman
    assert read.documents <= FOUND
    assert await store.asked(date(2025, 1, 1), date(2025, 12, 31)) == []
