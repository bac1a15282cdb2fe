# SPDX-License-Identifier: Apache-2.0
"""What more stored cases cost: the same work beside one year of cases and beside ten, in one database, in one run."""

import argparse
import asyncio
import json
import logging
import os
import secrets
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pymongo import MongoClient

from chassis.messages import Message, event_message
from chassis.mongo import Database
from chassis.service import Definition, Runtime
from chassis.subjects import Aggregate
from chassis.testing import create_topics
from chassis.testing.reads import reads
from reporting.app import CASE_TOPICS
from reporting.domain.counting import HANDLES, CaseCounting
from reporting.domain.facts import CaseFact
from reporting.domain.period import Period
from reporting.store import INDEXES as REPORTING_INDEXES
from reporting.store import Counts
from routing.cases.filters import CaseFilter
from routing.cases.store import CaseStore
from routing.domain.filing import MESSAGES
from routing.indexes import INDEXES as ROUTING_INDEXES
from routing.settings import RoutingSettings
from tests.bench.backlog import PARTITIONS, servers_of_its_own
from tests.bench.catching_up import CaughtUp, Routing, catch_up, publish
from tests.bench.lives import CITIZEN, TRACE
from tests.bench.stored import CASES_A_DAY, TODAY, Stores
from tests.bench.workload import WORDS, cases, filed, settings
from ventanilla_contracts.intake import MessageAppended, PersonalMessage
from ventanilla_local.addresses import Addresses
from ventanilla_local.ports import Ports

OLDER_STEP = 9
"""Days; what is older than a year lies in clumps of so many."""

Question = Callable[[], Awaitable[object]]
AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
LAST_MONTH = Period(TODAY - timedelta(days=30), TODAY)
SEARCHES: Mapping[str, CaseFilter] = {
    "all": CaseFilter(),
    "open": CaseFilter(open=True),
    "of a responder": CaseFilter(responder="marcela-duque"),
    "of a responder, open": CaseFilter(responder="marcela-duque", open=True),
    "of nobody here": CaseFilter(responder="nobody"),
    "of an area": CaseFilter(area="subsidios"),
    "of an area, assigned": CaseFilter(area="subsidios", status="assigned"),
    "of no area here": CaseFilter(area="none"),
    "closed": CaseFilter(status="closed"),
    "assigned": CaseFilter(status="assigned"),
    "suspended (none)": CaseFilter(status="suspended"),
    "of a kind": CaseFilter(kind="claim"),
    "of a kind (none)": CaseFilter(kind="compliment"),
    "due before tomorrow": CaseFilter(due_before=TODAY + timedelta(days=1)),
    "due long ago (none)": CaseFilter(due_before=TODAY - timedelta(days=9000)),
}


@dataclass
class Yard:
    """One database with both services' stores, and what is asked of them."""

    servers: Addresses
    directory: Path
    ports: Ports
    client: MongoClient[dict[str, Any]]
    rounds: int
    seq: int = 1

    def __post_init__(self) -> None:
        os.environ.update(self.servers.environment())
        self.settings: RoutingSettings = settings("", "routing")
        self.routing = cases(self.settings)
        zone = ZoneInfo("America/Bogota")
        self.reporting = Aggregate("cases", CaseFact, CaseCounting(zone), CASE_TOPICS, HANDLES)
        self.stores = Stores(self.client, "routing", "reporting", (self.routing, self.reporting))

    async def indexes(self) -> None:
        """Those that the services make."""
        reporting = self.settings.model_copy(update={"mongodb_database": "reporting"})
        await Runtime(Definition("routing", (self.routing,), ROUTING_INDEXES), self.settings).migrate()
        await Runtime(Definition("reporting", (self.reporting,), REPORTING_INDEXES), reporting).migrate()

    def step(self, events: int) -> CaughtUp:
        """So many new cases are taken in."""
        return self._caught_up(filed(events, secrets.token_hex(4)), events, "cases")

    def step_on_stored(self, events: int) -> CaughtUp:
        """The person says more in so many of the stored cases that are open."""
        self.seq += 1
        found = self.client["routing"]["cases"].find({"state.open": True, "state.channel": "email"}, {"_id": 1})
        messages = [_more(row["_id"], self.seq) for row in found.limit(events)]
        return self._caught_up(iter(messages), len(messages), MESSAGES)

    def _caught_up(self, messages: Iterator[Message], count: int, among: str) -> CaughtUp:
        prefix = f"growth{secrets.token_hex(3)}-"
        asyncio.run(create_topics(self.servers.kafka, prefix, PARTITIONS))
        asyncio.run(publish(self.servers.kafka, prefix, messages))
        routing = Routing(self.servers.environment(), self.directory / prefix, self.ports, prefix, "routing")
        return catch_up(routing, self.client, count, instances=1, pid=self.servers.database.pid or 0, among=among)

    async def asked(self) -> tuple[dict[str, float], dict[str, int]]:
        """Of each question that doors and loops ask: milliseconds, the median of some, and documents looked at."""
        database, reports = (Database(self.servers.mongodb_uri, name) for name in ("routing", "reporting"))
        milliseconds, documents = {}, {}
        for name, question in self._questions(database, reports).items():
            async with reads(database) as of_routing, reads(reports) as of_reporting:
                await question()
            documents[name] = of_routing.documents + of_reporting.documents
            milliseconds[name] = await self._milliseconds(question)
        return milliseconds, documents

    def _questions(self, database: Database, reports: Database) -> Mapping[str, Question]:
        store, counts = CaseStore(database), Counts(reports)
        cases = self.client["routing"]["cases"]
        some = cases.find_one({"state.open": True}, {"state.case_number": 1})
        assert some is not None
        soonest = list(cases.find({}, {"due": 1}).hint("due_1").sort("due", 1).limit(500))
        due = Runtime(Definition("routing", (self.routing,), ROUTING_INDEXES), self.settings)._timers._due
        return {
            "timers, none due": lambda: due(self.routing, datetime(2020, 1, 1, tzinfo=UTC)),
            "timers, 500 cases due": lambda: due(self.routing, soonest[-1]["due"]),
            "case by its number": lambda: store.by_number(some["state"]["case_number"]),
            **{f"cases {name}": self._page(store, wanted) for name, wanted in SEARCHES.items()},
            "indicators of a month": lambda: counts.figures(LAST_MONTH, TODAY),
            "monthly report": lambda: counts.by_place(LAST_MONTH),
            "monthly report, what is open": lambda: counts.open_at(TODAY),
        }

    @staticmethod
    def _page(store: CaseStore, wanted: CaseFilter) -> Question:
        return lambda: store.page(wanted, limit=50)

    async def _milliseconds(self, question: Question) -> float:
        taken = []
        for _ in range(self.rounds + 2):
            begun = time.perf_counter()
            await question()
            taken.append(time.perf_counter() - begun)
        return 1000 * statistics.median(taken[2:])


def _more(case_id: str, seq: int) -> Message:
    event = MessageAppended(
        actor=CITIZEN,
        submission_id=f"{case_id}-{seq}",
        channel="web",
        received_at=AT,
        personal=PersonalMessage(text=WORDS * 4),
    )
    about: Mapping[str, Any] = {"seen": {}, "source": "intake", "now": AT, "traceparent": TRACE}
    return event_message(event, key=case_id, seq=seq, **about)


def measured(yard: Yard, events: int, rounds: int) -> dict[str, Any]:
    """Everything once: steps in ms for each event, questions in ms."""
    steps = [yard.step(events) for _ in range(rounds)] if events else []
    milliseconds, documents = asyncio.run(yard.asked())
    on_stored = [yard.step_on_stored(events) for _ in range(rounds)] if events else []
    return {
        "stored": yard.client["routing"]["cases"].estimated_document_count(),
        "open": yard.client["routing"]["cases"].count_documents({"state.open": True}),
        "step": [asdict(one) for one in steps],
        "step_on_stored": [asdict(one) for one in on_stored],
        "milliseconds": milliseconds,
        "documents": documents,
        "bytes": {
            name: {key: stats[key] for key in ("dataSize", "storageSize", "indexSize")}
            for name in ("routing", "reporting")
            if (stats := yard.client[name].command("dbStats"))
        },
    }


def run(days: int, more_days: int, events: int, rounds: int) -> list[dict[str, Any]]:
    """At ``days`` days of cases, and at so many more."""
    with servers_of_its_own() as (servers, directory, ports, client):
        yard = Yard(servers, directory, ports, client, rounds * 10)
        found = []
        for span in (range(days), range(days, days + more_days, OLDER_STEP)):
            begun = time.monotonic()
            filled = yard.stores.fill(span)
            asyncio.run(yard.indexes())
            print(f"{filled} filled in {time.monotonic() - begun:.0f} s", flush=True)
            found.append(measured(yard, events, rounds))
        cache = client.admin.command("serverStatus")["wiredTiger"]["cache"]
        found[-1]["cache"] = {key: cache[key] for key in ("maximum bytes configured", "bytes currently in the cache")}
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--more-days", type=int, default=3650 - 365)
    parser.add_argument("--events", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    print(f"{CASES_A_DAY} cases a day")
    logging.disable(logging.ERROR)  # new topics have no leader for a moment, and aiokafka says so at length
    found = run(chosen.days, chosen.more_days, chosen.events, chosen.rounds)
    print(json.dumps(found, indent=1))
    before, after = found
    print(f"{'ms and documents read':32} {before['stored']:>9} {after['stored']:>9}")
    for name, ms in before["milliseconds"].items():
        then, read = after["milliseconds"][name], (before["documents"][name], after["documents"][name])
        print(f"{name:32} {ms:9.2f} {then:9.2f} {then / ms:6.2f}  {read[0]:6} {read[1]:6}")
