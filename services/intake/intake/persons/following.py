# SPDX-License-Identifier: Apache-2.0
"""Persons follow their cases, and open cases follow corrections of their person.

Both begin as rows of the transaction that caused them, and a row goes only with what it asked for: a process that dies
leaves it to the next one, and two that see it at once do the same thing twice, which changes nothing.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from chassis.batch import Processor
from chassis.decision import Refused, Remove
from chassis.inputs import Input
from chassis.log import get_logger
from chassis.mongo import Database, translated
from intake.consumers import CASES
from intake.domain.person_noting import NotePerson
from intake.domain.person_reach import ENDED, CorrectCasePerson
from intake.persons.identifying import PERSONS
from intake.persons.store import IS_TEXT, Persons
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import Person

LOOK_SECONDS = 1.0
PAUSE_SECONDS = 0.05
"""Between two steps; a step itself waits for something to do."""

AT_ONCE = 200
_log = get_logger(__name__)


class Following:
    """One step does what waits; any number of processes may."""

    def __init__(self, database: Database, processor: Processor, persons: Persons) -> None:
        self._mentions = database.collection("person_mentions")
        self._corrections = database.collection("person_corrections")
        self._cases = database.collection("cases")
        self._persons = persons
        self._processor = processor
        self._told = (processor.written("person_mentions"), processor.written("person_corrections"))

    async def step(self) -> None:
        """Raises Unavailable."""
        for event in self._told:
            event.clear()
        while await self.note() or await self.correct():
            pass
        await self._something()

    async def note(self) -> bool:
        """Note what cases said of their persons; whether there may be more."""
        with translated():
            rows = await self._mentions.find({}).sort([("at", 1)]).limit(AT_ONCE).to_list(None)
        shown = await self._shown_as(rows)
        inputs = [_noting(row, shown.get(row["person_id"]) or row["person_id"]) for row in rows]
        await self._do(inputs)
        return len(rows) == AT_ONCE and any(item.saved for item in inputs)

    async def correct(self) -> bool:
        """Tell open cases of the oldest correction; whether there may be another."""
        with translated():
            row = await self._corrections.find_one({}, sort=[("at", 1)])
        if row is None:
            return False
        tried: set[str] = set()
        while case_ids := set(await self._open_cases(row)) - tried:
            await self._do([_telling(row, case_id) for case_id in sorted(case_ids)])
            tried |= case_ids
        with translated():
            await self._corrections.delete_one({"_id": row["_id"]})
        return True

    async def _open_cases(self, row: Mapping[str, Any]) -> list[str]:
        """Of the person and of whom was merged into them, those that have not heard of it yet."""
        ids = [row["person_id"], *await self._persons.merged_into([row["person_id"]])]
        query = {
            "state.person_id": {**IS_TEXT, "$in": ids},
            "state.progress.status": {"$nin": sorted(ENDED)},
            "state.corrections": {"$ne": row["_id"]},
        }
        with translated():
            return [found["_id"] async for found in self._cases.find(query, {"_id": 1}).limit(AT_ONCE)]

    async def _shown_as(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        """Of persons that are corrected and were merged: as whom they are shown, whose record it is now."""
        found = await self._persons.of_ids({row["person_id"] for row in rows if row.get("corrects")})
        return {one: root for one, known in found.items() if (root := known.merged_into)}

    async def _do(self, inputs: Sequence[Input]) -> None:
        if inputs:
            await self._processor.process(inputs)
        for item in inputs:
            if isinstance(item.outcome, (Refused, Exception)):
                _log.error("person-not-followed", subject=item.subject, what=item.name)

    async def _something(self) -> None:
        """Until this process has saved more to do; what others left is looked for after a while all the same."""
        waits = [asyncio.create_task(event.wait()) for event in self._told]
        with suppress(TimeoutError):
            await asyncio.wait(waits, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for task in waits:
            task.cancel()


def _noting(row: Mapping[str, Any], person_id: str) -> Input:
    corrects = row.get("corrects") or {}
    command = NotePerson(
        actor=Actor.model_validate(row["actor"]),
        said=Person.model_validate(row["said"]),
        municipality=row["municipality"],
        segment=row["segment"],
        case_number=row["case_number"],
        at=row["at"],
        by_staff=row["by_staff"],
        confirmed=row["confirmed"],
        person_id=person_id,
        corrects=tuple(corrects.get("fields", ())),
        reason=corrects.get("reason", ""),
    )
    return Input(PERSONS, person_id, message=command, beside=(Remove("person_mentions", row["_id"]),))


def _telling(row: Mapping[str, Any], case_id: str) -> Input:
    command = CorrectCasePerson(
        actor=Actor.model_validate(row["actor"]),
        correction=row["_id"],
        fields=tuple(row["fields"]),
        person=Person.model_validate(row["person"]),
        municipality=row.get("municipality"),
        before_email=row["before_email"],
    )
    return Input(CASES, case_id, message=command)
