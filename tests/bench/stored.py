# SPDX-License-Identifier: Apache-2.0
"""Stores as years of work leave them: as many cases every day, closed but for those of the last three weeks.

A few cases live through the real rules; the others are the same documents under ids and numbers of their own, so that
a million is there in minutes.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient, UpdateOne, WriteConcern

from chassis.decision import Add
from chassis.subjects import Aggregate
from reporting.domain.facts import CASE_SUMS
from tests.bench.lives import About, Keeper, Life

TODAY = date(2026, 3, 2)
CASES_A_DAY = 274
"""A hundred thousand a year."""

OPEN_DAYS = 21
PARTITIONS = 12
NAMES = ("routing", "reporting")
TEMPLATE_ID, TEMPLATE_NUMBER = "00000000-0000-5000-8000-000000000000", "BENCH-2026-0000000-0"
SAID = (
    About("web", "complaint", "Subsidio familiar no pagado"),
    About("email", "claim", "Cobro del crédito de vivienda que no reconozco"),
)


@dataclass(frozen=True)
class Template:
    """What one case is in both stores, and how many there are like it."""

    routing: bytes
    reporting: bytes
    sums: tuple[Add, ...]
    copies: int


@dataclass
class Stores:
    """The databases of routing and reporting, filled from outside."""

    client: MongoClient[dict[str, Any]]
    routing: str
    reporting: str
    aggregates: tuple[Aggregate, Aggregate]
    numbered: int = 0

    def fill(self, days: range) -> int:
        """Add the cases of these days before today; how many they are. Of a step of days, the first has all cases.

        Without indexes meanwhile but those that the database itself makes: whoever fills has them made again.
        """
        for database in (self.routing, self.reporting):
            self.client[database]["cases"].drop_indexes()
        before = self.numbered
        for template in self._templates(days):
            self._keep(template)
        return self.numbered - before

    def _templates(self, days: range) -> Iterator[Template]:
        for ago in days:
            for n, about in enumerate(SAID):
                routing, reporting = (Keeper(*one) for one in zip(NAMES, self.aggregates, strict=True))
                life = Life(TEMPLATE_ID, TEMPLATE_NUMBER, routing, reporting)
                life.lived(about, TODAY - timedelta(days=ago), closed=ago > OPEN_DAYS)
                yield Template(
                    bytes(routing.documents[TEMPLATE_ID].raw),
                    bytes(reporting.documents[TEMPLATE_ID].raw),
                    tuple(reporting.sums),
                    days.step * (CASES_A_DAY // len(SAID) + (n < CASES_A_DAY % len(SAID))),
                )

    def _keep(self, template: Template) -> None:
        names = [(_an_id(), self._number()) for _ in range(template.copies)]
        for database, document in ((self.routing, template.routing), (self.reporting, template.reporting)):
            cases = self._collection(database, "cases")
            cases.insert_many([_copy(document, *name) for name in names], ordered=False)
        sums = self._collection(self.reporting, CASE_SUMS)
        sums.bulk_write(list(_sums(template)), ordered=False)

    def _collection(self, database: str, name: str) -> Any:
        return self.client[database].get_collection(name, write_concern=WriteConcern(1, j=False))

    def _number(self) -> str:
        self.numbered += 1
        return f"BENCH-2026-{self.numbered:07d}-0"


def _copy(document: bytes, case_id: str, number: str) -> RawBSONDocument:
    """Names of the same length: the lengths that BSON keeps stay right."""
    named = document.replace(TEMPLATE_ID.encode(), case_id.encode())
    return RawBSONDocument(named.replace(TEMPLATE_NUMBER.encode(), number.encode()))


def _an_id() -> str:
    return str(UUID(int=random.getrandbits(128), version=4))


def _sums(template: Template) -> Iterator[UpdateOne]:
    """What its copies add up to, over all partitions."""
    for row in template.sums:
        for partition in range(PARTITIONS):
            share = template.copies // PARTITIONS + (partition < template.copies % PARTITIONS)
            amounts = {measure: share * amount for measure, amount in row.amounts.items()}
            labels = {"sum": row.id, "partition": partition, **row.labels}
            yield UpdateOne({"_id": f"{row.id}|{partition}"}, {"$inc": amounts, "$setOnInsert": labels}, upsert=True)
