# SPDX-License-Identifier: Apache-2.0
"""How long the adviser waits for persons while typing: milliseconds of a search with its cases, among many persons.

`python -m ventanilla_local with-infra --no-mail -- python -m tests.bench.person_search [--persons 100000]`
"""

import argparse
import asyncio
import random
import statistics
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from os import environ
from typing import Any

from chassis.ids import Signer, new_id
from chassis.mongo import Database
from intake.domain.case import Case, Filed
from intake.domain.person_noting import NotePerson, note
from intake.domain.persons import KnownPerson
from intake.domain.segments import Segments
from intake.persons.municipalities import municipalities
from intake.persons.people import People
from intake.persons.store import Persons
from intake.store import INDEXES
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import Person

FIRST = [
    "ana",
    "luz",
    "maría",
    "josé",
    "juan",
    "carlos",
    "andrés",
    "diana",
    "paola",
    "jorge",
    "duván",
    "yuliana",
    "marcela",
    "alba",
    "dora",
    "hernán",
    "rosa",
    "iván",
]
LAST = [
    "ríos",
    "gil",
    "pérez",
    "gómez",
    "lópez",
    "cárdenas",
    "quintero",
    "rendón",
    "ospina",
    "giraldo",
    "duque",
    "montoya",
    "córdoba",
    "henao",
    "mejía",
    "zuluaga",
]
AT_ONCE = 2_000
CASES = 3
ADVISER = Actor(id="asesora", role="adviser")
NOW = datetime(2026, 3, 2, 13, tzinfo=UTC)


def invented(n: int, dice: random.Random) -> Person:
    """Names repeat as they do; documents, telephones and addresses do not."""
    name = [dice.choice(FIRST), dice.choice(FIRST), dice.choice(LAST), dice.choice(LAST)]
    return Person(
        name=" ".join(name).title(),
        document_type="CC",
        document_number=str(1_000_000_000 + n),
        email=f"{name[0]}.{name[2]}.{n}@correo.example",
        phone=f"+573{n:09d}",
    )


async def fill(database: Database, count: int, dice: random.Random) -> list[Person]:
    people, model = [invented(n, dice) for n in range(count)], _case().model_dump()
    for start in range(0, count, AT_ONCE):
        rows, cases, said = [], [], []
        for n, person in enumerate(people[start : start + AT_ONCE], start):
            rows.append(_stored(f"person-{n}", _known(person).model_dump()))
            for k in range(CASES):
                case_id = f"case-{n}-{k}"
                own = {"number": f"CAJA-2026-{n * CASES + k:06d}-0", "person_id": f"person-{n}"}
                cases.append(_stored(case_id, {**model, **own, "received_at": NOW + timedelta(days=k)}))
                form = {"subject": "Cuota monetaria", "kind": "claim"}
                said.append({"_id": case_id, "case_id": case_id, "outcome": "created", "personal": {"form": form}})
        await database.collection("persons").insert_many(rows)
        await database.collection("cases").insert_many(cases)
        await database.collection("submission_cases").insert_many(said)
    return people


def _known(person: Person) -> KnownPerson:
    told = NotePerson(
        actor=ADVISER,
        said=person,
        municipality="17001",
        segment=None,
        case_number="CAJA-2026-000001-7",
        at=NOW,
        by_staff=True,
        confirmed=True,
    )
    return note(None, told, NOW).state


def _case() -> Case:
    filed = {"s": Filed(outcome="created", received_at=NOW)}
    return Case(
        number="",
        tracking_code="0000",
        channel="phone",
        received_at=NOW,
        registered_at=NOW,
        anonymous=False,
        submissions=filed,
    )


def _stored(subject_id: str, state: Mapping[str, Any]) -> dict[str, Any]:
    rest = {"version": 1, "applied": {}, "emitted": {}, "waiting": 0, "timers": []}
    return {"_id": subject_id, **rest, "state": state}


def typed(person: Person, dice: random.Random) -> Sequence[str]:
    """What an adviser's field holds, keystroke by keystroke, from the third sign on."""
    text = dice.choice([person.name, person.document_number, person.email, (person.phone or "").removeprefix("+57")])
    return [(text or "")[:end] for end in range(3, len(text or "") + 1)]


async def measure(people: People, everybody: Sequence[Person], searches: int, dice: random.Random) -> list[float]:
    took: list[float] = []
    while len(took) < searches:
        for query in typed(dice.choice(everybody), dice):
            start = time.perf_counter()
            await people.search(ADVISER, query, 8)
            took.append((time.perf_counter() - start) * 1000)
    return took


async def run(count: int, searches: int, seed: int) -> None:
    dice = random.Random(seed)
    database = Database(environ["MONGODB_URI"], f"person-search-{new_id()[-8:]}")
    try:
        await database.create_indexes(INDEXES)
        await database.create_indexes({"cases": [], "submission_cases": []})
        everybody = await fill(database, count, dice)
        people = People(Persons(database), Segments(), municipalities(), Signer(["a key of a measurement, 32 signs."]))
        await measure(people, everybody, searches // 10, dice)
        took = sorted(await measure(people, everybody, searches, dice))
        at = {f"p{n}": round(took[int(len(took) * n / 100)], 1) for n in (50, 95, 99)}
        print(
            f"{count} persons, {len(took)} searches: {at} ms, mean {statistics.mean(took):.1f}, longest {took[-1]:.1f}"
        )
    finally:
        await database.drop()
        database.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=100_000)
    parser.add_argument("--searches", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    asyncio.run(run(asked.persons, asked.searches, asked.seed))
