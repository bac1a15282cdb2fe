# SPDX-License-Identifier: Apache-2.0
"""How long an agent waits for a list, a search and the earlier answers, among many open and many answered cases.

`python -m ventanilla_local with-infra --no-mail -- python -m tests.bench.search [--open 10000 100000]`. One process
asks one question after the other; a round's figure is its 95th percentile, and of the rounds the best and the worst are
told. `--mongo` also asks MongoDB's own text index, for the comparison of ADR 0029.
"""

import argparse
import asyncio
import os
import random
import resource
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from os import environ
from typing import Any
from zoneinfo import ZoneInfo

from pymongo import IndexModel, WriteConcern

from chassis import log
from chassis.ids import new_id
from chassis.mongo import Database
from chassis.subjects import Aggregate
from chassis.testing import eventually
from reporting.app import CASE_TOPICS
from reporting.domain.counting import HANDLES, CaseCounting
from reporting.domain.facts import CaseFact
from routing.cases.fields import BY_DUE
from routing.cases.filters import CaseFilter
from routing.cases.store import CaseStore
from routing.domain.case import Case
from routing.domain.urgency import due_spans
from routing.indexes import INDEXES
from routing.organisation.legal_data import load_calendar
from routing.pages.queue_filters import URGENCIES, of_urgency
from routing.searching.earlier import EarlierAnswers
from routing.searching.reading import CaseReading
from routing.searching.searching import Searching
from tests.bench.invented_cases import RESPONDERS, Inventing
from tests.bench.stored import TODAY
from tests.bench.workload import cases, settings

Ask = Callable[[], Awaitable[object]]
AT_ONCE = 1_000
PAGE = 50
NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
LISTS: Mapping[str, CaseFilter] = {
    "mine": CaseFilter(responder=RESPONDERS[3], open=True),
    "all that are open": CaseFilter(open=True),
    "to classify": CaseFilter(to_classify=True),
    "of an area": CaseFilter(area="salud", open=True),
    "of a kind": CaseFilter(kind="claim", open=True),
    "in a state": CaseFilter(status="suspended"),
    "of an area, a kind and a state": CaseFilter(area="salud", kind="claim", status="assigned", open=True),
    "mine, due before the day after tomorrow": CaseFilter(
        responder=RESPONDERS[3], open=True, due_before=TODAY + timedelta(days=2)
    ),
}
FILTERS: Mapping[str, CaseFilter] = {
    "": CaseFilter(),
    ", open, of an area": CaseFilter(area="salud", open=True),
    ", of mine": CaseFilter(responder=RESPONDERS[3], open=True),
}


async def milliseconds(asks: Iterable[Ask]) -> list[float]:
    """Of each question, in the order of their length."""
    took = []
    for ask in asks:
        begun = time.perf_counter()
        await ask()
        took.append(1000 * (time.perf_counter() - begun))
    return sorted(took)


class Round:
    """Questions as agents ask them, about cases that are there."""

    def __init__(self, database: Database, searching: Searching, some: Sequence[Mapping[str, Any]], seed: int) -> None:
        self._store = CaseStore(database, searching)
        self._earlier = EarlierAnswers(searching, CaseReading(database).answered)
        self._some = [one["state"] for one in some]
        self._dice = random.Random(seed)

    def lists(self, wanted: CaseFilter, count: int) -> Iterable[Ask]:
        return (lambda: self._store.page(wanted, limit=PAGE) for _ in range(count))

    def openings(self, wanted: CaseFilter, count: int) -> Iterable[Ask]:
        """As the page of a list asks: its first cases, and how many there are by urgency."""
        spans = due_spans(NOW, load_calendar())
        by_urgency = {word: of_urgency(wanted, word, spans) for word in URGENCIES}

        async def opening() -> None:
            await self._store.page(wanted, limit=PAGE)
            await self._store.counts(by_urgency)

        return (opening for _ in range(count))

    def searches(self, typed: Callable[[Mapping[str, Any]], str], wanted: CaseFilter, count: int) -> Iterable[Ask]:
        for _ in range(count):
            asked = CaseFilter(**{**vars(wanted), "text": typed(self._dice.choice(self._some))})
            yield partial(self._store.page, asked, limit=PAGE)

    def earlier(self, count: int) -> Iterable[Ask]:
        for _ in range(count):
            case = Case.model_validate(self._dice.choice(self._some))
            yield partial(self._earlier.nearest, case, NOW)

    def typed(self) -> Mapping[str, Callable[[Mapping[str, Any]], str]]:
        return {
            "one word": lambda state: self._words(state, 1),
            "three words": lambda state: self._words(state, 3),
            "a name": lambda state: " ".join(str(state["person"]["name"]).split()[::2]),
            "a document": lambda state: str(state["person"]["document_number"]),
            "a number": lambda state: str(state["case_number"]),
        }

    def _words(self, state: Mapping[str, Any], count: int) -> str:
        words = [one.strip(".,¿?¡!:;") for one in str(state["text"]).split()]
        return " ".join(self._dice.sample([one for one in words if len(one) > 3], count))


def mongo_text(database: Database, typed: str, wanted: CaseFilter) -> Ask:
    """The same by MongoDB's text index: every word, the filters, the queue's order."""
    every = " ".join(f'"{word}"' for word in typed.split())
    query = {"$text": {"$search": every, "$language": "es"}, **wanted.query()}
    found = database.collection("cases").find(query, {"state.text": 0, "state.history": 0}).sort(list(BY_DUE))
    return lambda: found.limit(PAGE).to_list(None)


async def fill(database: Database, documents: Iterable[dict[str, Any]]) -> None:
    rest, cases = iter(documents), database.collection("cases").with_options(write_concern=WriteConcern(1, j=False))
    while some := list(islice(rest, AT_ONCE)):
        await cases.insert_many(some, ordered=False)


async def built(searching: Searching) -> "tuple[asyncio.Task[None], float]":
    """The index follows; how long it was built."""
    begun = time.monotonic()
    task = asyncio.create_task(searching.run())
    await eventually(lambda: searching.cases > 0 and not searching.building, timeout=3_600, what="an index")
    return task, time.monotonic() - begun


def told(what: str, rounds: Sequence[Sequence[float]]) -> str:
    """One row: medians and 95th percentiles of the best and the worst round."""
    p50, p95 = (sorted(one[int(len(one) * part)] for one in rounds) for part in (0.5, 0.95))
    return f"| {what} | {p50[0]:.1f} | {p95[0]:.1f} | {p95[-1]:.1f} |"


async def measured(database: Database, chosen: argparse.Namespace, questions: int) -> None:
    searching = Searching(database)
    task, seconds = await built(searching)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"index of {searching.cases} cases: built in {seconds:.0f} s, the process {memory:.0f} MiB at most", flush=True
    )
    some = await database.collection("cases").find({"state.open": True}).limit(500).to_list(None)
    rounds = [Round(database, searching, some, seed) for seed in range(chosen.rounds)]
    print("| what | p50 ms | p95 ms, best round | worst |\n|---|---|---|---|")
    for name, wanted in LISTS.items():
        print(told(f"list: {name}", [await milliseconds(one.lists(wanted, questions)) for one in rounds]), flush=True)
    for name in ("mine", "all that are open"):
        took = [await milliseconds(one.openings(LISTS[name], questions)) for one in rounds]
        print(told(f"list: opening, with counts by urgency: {name}", took), flush=True)
    for filters, wanted in FILTERS.items():
        for name, typed in rounds[0].typed().items():
            took = [await milliseconds(one.searches(typed, wanted, questions)) for one in rounds]
            print(told(f"search: {name}{filters}", took), flush=True)
    if chosen.answered:
        took = [await milliseconds(one.earlier(questions)) for one in rounds]
        print(told("earlier answers", took), flush=True)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    if chosen.mongo:
        await by_mongo(database, rounds[0], some[: questions // 4])


async def by_mongo(database: Database, asking: Round, some: Sequence[Mapping[str, Any]]) -> None:
    fields = [("state.subject", "text"), ("state.text", "text"), ("state.person.name", "text")]
    begun = time.monotonic()
    await database.create_indexes({"cases": [IndexModel(fields, default_language="spanish")]})
    print(f"MongoDB's text index: built in {time.monotonic() - begun:.0f} s", flush=True)
    for filters, wanted in FILTERS.items():
        for name, typed in asking.typed().items():
            if "word" in name:
                asks = [mongo_text(database, typed(one["state"]), wanted) for one in some]
                print(told(f"MongoDB's text index: {name}{filters}", [await milliseconds(asks)]), flush=True)


async def run(chosen: argparse.Namespace) -> None:
    routing = cases(settings("", "routing"))
    reporting = Aggregate("cases", CaseFact, CaseCounting(ZoneInfo("America/Bogota")), CASE_TOPICS, HANDLES)
    for count in chosen.open:
        inventing = Inventing(routing, reporting)
        database = Database(environ["MONGODB_URI"], f"search-{new_id()[-8:]}")
        try:
            await fill(database, inventing.open_cases(count))
            await fill(database, inventing.answered_cases(chosen.answered, count))
            await database.create_indexes(INDEXES)
            print(f"\n{count} open cases, {chosen.answered} answered, load {os.getloadavg()[0]:.1f}", flush=True)
            await measured(database, chosen, chosen.questions)
        finally:
            await database.drop()
            database.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--answered", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--mongo", action="store_true")
    log.configure("bench", level="WARNING")
    asyncio.run(run(parser.parse_args()))
