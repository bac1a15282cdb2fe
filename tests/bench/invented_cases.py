# SPDX-License-Identifier: Apache-2.0
"""Cases as they lie in routing's store, of invented people: what the rules make of one, under other words and names.

Texts are sentences of the sample set, put together anew; of a hundred thousand hardly two are alike.
"""

import csv
import io
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import bson

from chassis.documents import CODEC
from chassis.subjects import Aggregate
from routing.learning.samples import SAMPLES
from tests.bench.lives import About, Keeper, Life
from tests.bench.person_search import FIRST, LAST
from tests.bench.stored import TODAY

SENTENCE = re.compile(r"(?<=[.?!])\s+")
AREAS = ("subsidios", "salud", "educacion", "vivienda", "credito", "recreacion", "juridica", "posventa")
RESPONDERS = tuple(f"responder-{n}" for n in range(40))
KINDS = ("claim", "complaint", "petition", "request", "suggestion")
STATUSES = ("assigned", "assigned", "in-progress", "suspended", "classified")
CHANNELS = ("web", "email", "phone", "in-person", "written")
MONTHS = ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre")
OPENINGS = (
    "Revisamos su solicitud.",
    "Verificamos lo que nos cuenta.",
    "Lamentamos lo ocurrido.",
    "Con gusto le informamos:",
)
WITHIN_DAYS = 21


class Inventing:
    """The same cases each time for a seed."""

    def __init__(self, aggregate: Aggregate, reporting: Aggregate, seed: int = 7) -> None:
        self.dice = random.Random(seed)
        self._sentences = list(_sentences())
        self._open = _lived(aggregate, reporting, closed=False)
        self._answered = _lived(aggregate, reporting, closed=True)

    def open_cases(self, count: int) -> Iterator[dict[str, Any]]:
        return (self._case(self._open, n, self._urgent(n)) for n in range(count))

    def answered_cases(self, count: int, first: int = 0) -> Iterator[dict[str, Any]]:
        for n in range(first, first + count):
            case = self._case(self._answered, n, {})
            answer = f"{self.dice.choice(OPENINGS)} {self.text(3)}\n\nAtentamente,\nServicio al cliente"
            case["state"]["answers"] = [{**one, "text": answer} for one in case["state"]["answers"]]
            yield case

    def text(self, sentences: int) -> str:
        """Of whole sentences, with a month and an amount of its own."""
        chosen = " ".join(self.dice.sample(self._sentences, sentences))
        return f"{chosen} Fue en {self.dice.choice(MONTHS)}, por {self.dice.randrange(10, 999)}.000 pesos."

    def person(self, n: int) -> Mapping[str, Any]:
        name = [self.dice.choice(FIRST), self.dice.choice(FIRST), self.dice.choice(LAST), self.dice.choice(LAST)]
        return {
            "name": " ".join(name).title(),
            "document_type": "CC",
            "document_number": str(1_000_000_000 + 7919 * n),
            "email": f"{name[0]}.{name[2]}.{n}@correo.example",
            "phone": f"+57300{n:07d}",
            "address": None,
        }

    def _urgent(self, n: int) -> Mapping[str, Any]:
        due = datetime(TODAY.year, TODAY.month, TODAY.day, 22, tzinfo=UTC) + timedelta(days=n % WITHIN_DAYS)
        return {
            "status": self.dice.choice(STATUSES),
            "to_classify": self.dice.random() < 0.1,
            "place": self.dice.choices((0, 1, 2, 3, 4), (1, 1, 10, 80, 8))[0],
            "deadline": {**self._open["state"]["deadline"], "due_at": due, "due": due.date().isoformat()},
        }

    def _case(self, of: Mapping[str, Any], n: int, own: Mapping[str, Any]) -> dict[str, Any]:
        case_id, number = str(UUID(int=self.dice.getrandbits(128), version=4)), f"BENCH-2026-{n:07d}-0"
        area, responder = self.dice.choice(AREAS), self.dice.choice(RESPONDERS)
        state = of["state"]
        about = {**state["classification"], "area": area, "kind": self.dice.choice(KINDS)}
        assigned = {**state["assignment"], "area": area, "area_name": area.title()}
        assigned["responder"] = {**assigned["responder"], "id": responder}
        told = {"subject": self.text(1)[:60], "text": self.text(self.dice.randrange(2, 5)), "person": self.person(n)}
        found = {"id": case_id, "case_number": number, "channel": self.dice.choice(CHANNELS), **told}
        return {
            **of,
            "_id": case_id,
            "state": {**state, **found, "classification": about, "assignment": assigned, **own},
        }


def _sentences() -> Sequence[str]:
    texts = [row["text"] for row in csv.DictReader(io.StringIO(SAMPLES.read_text("utf-8")))]
    return [one for text in texts for one in SENTENCE.split(text) if len(one) > 12]


def _lived(aggregate: Aggregate, reporting: Aggregate, *, closed: bool) -> dict[str, Any]:
    routing, counted = Keeper("routing", aggregate), Keeper("reporting", reporting)
    life = Life("case", "BENCH-2026-0000000-0", routing, counted)
    life.lived(About("web", "claim", "Cuota"), TODAY - timedelta(days=40 if closed else 1), closed=closed)
    document: dict[str, Any] = bson.decode(routing.documents["case"].raw, CODEC)
    return deepcopy(document)
