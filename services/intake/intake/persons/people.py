# SPDX-License-Identifier: Apache-2.0
"""Persons as the desk sees them: found while typing, with their earlier cases; each look is written down (ICX-13)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from chassis.ids import Signer
from chassis.web.problems import Problem
from intake.domain.municipalities import Municipalities
from intake.domain.persons import Change, ContactPoint, HeardOfPerson, KnownPerson, PersonDocument
from intake.domain.segments import Segments
from intake.persons.store import CaseLine, Persons
from ventanilla_contracts.envelope import Actor

CASES_BESIDE_A_PERSON = 5
CASES_OF_A_PERSON = 100
LOOKS_SHOWN = 20
SHORTEST_SEARCH = 2


class PersonShown(BaseModel):
    """A person in a list; the first document, address and telephone are the ones in use."""

    id: str
    name: str | None
    documents: list[PersonDocument]
    emails: list[ContactPoint]
    phones: list[ContactPoint]
    address: str | None
    municipality: str | None = Field(description="DIVIPOLA code")
    municipality_name: str | None
    segment: str | None
    segment_name: str | None
    cases: list[CaseLine] = Field(description="The latest cases, the last one first")


class PersonsFound(BaseModel):
    items: list[PersonShown]


class LookShown(BaseModel):
    at: datetime
    actor: Actor
    what: Literal["search", "person", "certificate"]


class PersonMerged(BaseModel):
    """Another record of the same person."""

    id: str
    name: str | None
    documents: list[PersonDocument]


class PersonInFull(PersonShown):
    """All that is known of a person, with whom was merged into them, what was changed and who looked."""

    heard: HeardOfPerson | None = Field(description="What a regulator says of them, whatever is known")
    merged: list[PersonMerged] = Field(description="Who was merged into this person; each can be undone")
    history: list[Change] = Field(description="Theirs and that of whom was merged into them, the last change first")
    looks: list[LookShown]


@dataclass(frozen=True)
class People:
    """What the desk asks about persons."""

    persons: Persons
    segments: Segments
    places: Municipalities
    signer: Signer

    async def search(self, actor: Actor, query: str, limit: int) -> PersonsFound:
        """Nobody for less than two signs. Raises Unavailable."""
        if len(query.strip()) < SHORTEST_SEARCH:
            return PersonsFound(items=[])
        found = await self.persons.search(query, limit)
        if not found:
            return PersonsFound(items=[])
        merged = await self.persons.merged_into(list(found))
        groups = [[one, *(key for key, goer in merged.items() if goer.merged_into == one)] for one in found]
        cases, _ = await asyncio.gather(
            self.persons.cases_of(groups, CASES_BESIDE_A_PERSON), self.persons.looked(actor, "search", list(found))
        )
        shown = zip(found.items(), cases, strict=True)
        return PersonsFound(items=[self._shown(one_id, one, lines) for (one_id, one), lines in shown])

    async def show(self, actor: Actor, person_id: str) -> PersonInFull:
        """As whom they are shown: of one that was merged the person that stays. Raises Problem 404, Unavailable."""
        root_id, root = await self._root(person_id)
        merged = await self.persons.merged_into([root_id])
        ids = [root_id, *merged]
        await self.persons.looked(actor, "person", ids)
        [cases], looks = await asyncio.gather(
            self.persons.cases_of([ids], CASES_OF_A_PERSON), self.persons.looks_at(ids, LOOKS_SHOWN)
        )
        history = [change for one in (root, *merged.values()) for change in one.history]
        return PersonInFull(
            **dict(self._shown(root_id, root, cases)),
            heard=root.heard,
            merged=[PersonMerged(id=key, name=one.name, documents=list(one.documents)) for key, one in merged.items()],
            history=sorted(history, key=lambda change: change.at, reverse=True),
            looks=[LookShown.model_validate(look) for look in looks],
        )

    async def holds_document(self, key: str, person_id: str) -> bool:
        """Whether somebody else identifies themselves with this document."""
        holders, _ = await self.persons.holders([key], [])
        return any(person_id not in (holder.person_id, holder.root) for holder in holders.get(key, []))

    async def _root(self, person_id: str) -> tuple[str, KnownPerson]:
        found = await self.persons.of_ids([person_id])
        if found.get(person_id) is not None and (into := found[person_id].merged_into) is not None:
            person_id, found = into, await self.persons.of_ids([into])
        if person_id not in found:
            raise Problem(404, "person-unknown")
        return person_id, found[person_id]

    def _shown(self, person_id: str, person: KnownPerson, cases: Sequence[CaseLine]) -> PersonShown:
        place = self.places.of(person.municipality)
        return PersonShown(
            id=person_id,
            name=person.name,
            documents=list(person.documents),
            emails=list(person.emails),
            phones=list(person.phones),
            address=person.address,
            municipality=person.municipality,
            municipality_name=place.label if place else None,
            segment=person.segment,
            segment_name=self.segments.name(person.segment),
            cases=list(cases),
        )
