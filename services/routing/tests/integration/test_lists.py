# SPDX-License-Identifier: Apache-2.0
"""What a list costs: as much as it shows, however many cases are stored."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from routing_story import AGENT, RESPONDER, Story, filed, local, policy, proposed, said

from chassis.mongo import Database
from chassis.testing.reads import reads
from routing.cases.fields import BY_DUE
from routing.cases.filters import CaseFilter
from routing.cases.store import CaseStore
from routing.consumers import CASES
from routing.domain.case import Case
from routing.domain.commands import Assign, Classify, DeliverDocuments, StopClock
from routing.domain.urgency import DueSpan, due_spans, urgency_of
from routing.indexes import INDEXES

pytestmark = pytest.mark.infra

DUE = datetime(2026, 3, 24, 22, tzinfo=UTC)
CLOSED, SHOWN = 200, 5


def stored(n: int, *, is_open: bool) -> dict[str, Any]:
    """As far as lists ask for it; the open ones are the last that are due."""
    due = DUE + timedelta(days=n)
    return {
        "_id": f"case-{n:04d}",
        "state": {
            "id": f"case-{n:04d}",
            "case_number": f"CAJA-2026-{n:06d}-0",
            "status": "assigned" if is_open else "closed",
            "open": is_open,
            "channel": "web",
            "received_at": due,
            "registered_at": due,
            "assignment": {"area": "subsidios", "responder": {"id": "ana"}},
            "classification": {"kind": "claim" if is_open else "complaint", "priority": "normal"},
            "task": None,
            "place": 2,
            "deadline": {"due_at": due, "due": due.date().isoformat()},
        },
    }


@pytest.mark.parametrize(
    "wanted",
    [
        CaseFilter(open=True),
        CaseFilter(responder="ana", open=True),
        CaseFilter(responder="nobody"),
        CaseFilter(area="none"),
        CaseFilter(status="assigned"),
        CaseFilter(status="suspended"),
        CaseFilter(kind="claim"),
        CaseFilter(kind="compliment"),
        CaseFilter(due_before=date(2026, 3, 1)),
        CaseFilter(channel="social", open=True),
        CaseFilter(task="any", open=True),
        CaseFilter(task="answer-failed", open=True),
        CaseFilter(priority="emergency", open=True),
        CaseFilter(responder="ana", open=True, due_within=DueSpan(after=DUE, until=None)),
    ],
    ids=lambda wanted: " ".join(f"{name}={value}" for name, value in vars(wanted).items() if value is not None),
)
async def test_a_list_reads_no_more_cases_than_it_shows(database: Database, wanted: CaseFilter) -> None:
    await database.create_indexes(INDEXES)
    await database.collection(CASES).insert_many([stored(n, is_open=n >= CLOSED) for n in range(CLOSED + SHOWN)])
    async with reads(database) as found:
        rows = await database.collection(CASES).find(wanted.query()).sort(list(BY_DUE)).limit(50).to_list(None)
    assert len(rows) in (0, SHOWN)
    assert found.documents <= SHOWN


NOW = local("2026-03-24 12:00")


def different() -> list[Case]:
    """One case or more for whatever a list can be narrowed down by."""
    told = {
        "today": Story(filed()),
        "overdue": Story(filed(received="2026-02-25 10:00")),
        "soon": Story(filed(received="2026-03-03 10:00", channel="social")),
        "later": Story(filed(received="2026-03-20 10:00", channel="web")),
        "stopped": Story(filed(received="2026-03-20 10:00")),
        "replied": Story(filed(received="2026-03-20 10:00")),
        "high": Story(filed(received="2026-03-20 10:00")),
        "given": Story(filed()),
        "delivered": Story(filed()),
        "written": Story(filed()),
    }
    for name in ("stopped", "replied"):
        told[name].ask(StopClock(AGENT, "Falta el certificado."), "2026-03-20 11:00")
    told["replied"].hear(said(at="2026-03-21 09:00"))
    told["high"].ask(Classify(AGENT, priority="high"))
    told["given"].ask(Assign(AGENT, "julian-rojas"))
    told["delivered"].ask(DeliverDocuments(RESPONDER, "Va."))
    told["written"].hear(proposed())
    return [story.case.model_copy(update={"id": name, "case_number": name}) for name, story in told.items()]


async def test_a_list_shows_what_it_is_narrowed_down_to_and_counts_it(database: Database) -> None:
    await database.create_indexes(INDEXES)
    cases = different()
    rows = [{"_id": case.id, "state": case.model_dump()} for case in cases]
    await database.collection(CASES).insert_many(rows)
    store, calendar = CaseStore(database), policy().calendar
    spans = due_spans(NOW, calendar)
    wanted: dict[str, tuple[CaseFilter, Any]] = {
        word: (
            CaseFilter(open=True, due_within=span),
            lambda one, word=word: urgency_of(one, NOW, calendar).word == word,
        )
        for word, span in spans.items()
    }
    wanted |= {
        "stopped": (CaseFilter(status="suspended"), lambda one: one.stop is not None),
        "waits": (CaseFilter(waits=True), lambda one: one.id == "stopped"),
        "waits not": (CaseFilter(waits=False), lambda one: one.id != "stopped"),
        "social": (CaseFilter(channel="social", open=True), lambda one: one.channel == "social"),
        "high": (CaseFilter(priority="high", open=True), lambda one: one.id == "high"),
        "normal": (CaseFilter(priority="normal"), lambda one: one.id != "high"),
        "emergency": (CaseFilter(priority="emergency"), lambda one: one.id == "emergency"),
        "any task": (CaseFilter(task="any"), lambda one: one.id in ("replied", "delivered", "written")),
        "a task": (CaseFilter(task="delivery-proposed"), lambda one: one.id == "written"),
        "responder": (CaseFilter(responder="julian-rojas", open=True), lambda one: one.id == "given"),
    }
    for name, (asked, fits) in wanted.items():
        page = await store.page(asked, limit=50)
        assert {case.id for case in page.cases} == {case.id for case in cases if fits(case)}, name
    assert await store.counts({name: asked for name, (asked, _) in wanted.items()}) == {
        name: sum(fits(case) for case in cases) for name, (_, fits) in wanted.items()
    }
    assert await store.counts({"open": CaseFilter(open=True)}, most=3) == {"open": 3}
    assert await store.ids(["high", "nobody"]) == {"high": "high"}
