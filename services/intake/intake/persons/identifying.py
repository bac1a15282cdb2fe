# SPDX-License-Identifier: Apache-2.0
"""Who each new case is of, and in which segment, before it is decided (part of the chassis's hook ``resolve``).

Two more queries a batch, whatever its size; none where nobody gave data.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from chassis.ids import uuid5_id
from chassis.inputs import Input
from chassis.subjects import Aggregate
from intake.domain.identifying import Holders, identified, is_free
from intake.domain.person_changes import MergePerson, UnmergePerson, decide_person
from intake.domain.person_told import TellPerson
from intake.domain.persons import KnownPerson, keys_said
from intake.domain.segments import Segments
from intake.domain.submission import FileSubmission
from intake.persons.store import Persons
from ventanilla_contracts.intake import Person

PERSONS = Aggregate("persons", KnownPerson, decide_person, (), ())
"""By person id, which follows from the document that made the person."""

_TRIES = 5


@dataclass(frozen=True)
class Identifying:
    """Names the person of new cases; tells merges what they must know."""

    persons: Persons
    segments: Segments

    async def new_cases(self, items: Sequence[Input]) -> None:
        """Raises Unavailable."""
        filings = [(item, item.message) for item in items if isinstance(item.message, FileSubmission)]
        said = {id(item): _vouched(command) for item, command in filings if not command.form.anonymous}
        keys = {key for person in said.values() for key in keys_said(person)}
        ids = {_made_by(person) for person in said.values() if person.document_number}
        holders, taken = await self.persons.holders(keys, ids)
        for item, command in filings:
            person = said.get(id(item), Person())
            segment = command.form.segment or self.segments.of(person)
            form = command.form.model_copy(update={"segment": segment})
            item.message = replace(command, form=form, person_id=await self._person(person, holders, taken))

    async def changes(self, items: Iterable[Input]) -> None:
        """On what is stored now; what two do at the same time is seen when the second is decided again."""
        for item in items:
            match item.message:
                case MergePerson() as merge:
                    item.message = replace(merge, facts=await self.persons.facts(merge.person_id, merge.into))
                case UnmergePerson() as unmerge:
                    item.message = replace(unmerge, facts=await self.persons.facts(unmerge.person_id, None))
                case TellPerson() as told:
                    item.message, item.subject = await self._whose(told), told.case_id
                    continue
                case _:
                    continue
            item.aggregate, item.subject = PERSONS, item.message.person_id

    async def _person(self, said: Person, holders: Holders, taken: set[str]) -> str | None:
        if not is_free(said, holders):
            return identified(said, holders)
        return await self._unused(_made_by(said), taken)

    async def _whose(self, told: TellPerson) -> TellPerson:
        """Whose document it is that somebody tells of who speaks in a case."""
        if "document" not in told.fields:
            return told
        [key], made = keys_said(told.said), _made_by(told.said)
        found, taken = await self.persons.holders([key], [made])
        holders = tuple(found.get(key, ()))
        alone = not holders and not await self.persons.in_other_cases(told.of_person, told.case_id)
        made_id = None if holders else await self._unused(made, taken)
        return replace(told, holders=holders, made=made_id, alone=alone)

    async def _unused(self, made: str, taken: set[str]) -> str | None:
        """An id is taken where its document was corrected away: what it was is somebody else's now."""
        for _ in range(_TRIES):
            if made not in taken:
                return made
            made = uuid5_id("person", made)
            taken = taken | set(await self.persons.of_ids([made]))
        return None


def _vouched(command: FileSubmission) -> Person:
    """What was said of the person; not an address in whose name somebody else writes."""
    person, sender = command.form.person, command.sender
    forged = sender is not None and sender.verdict == "fail"
    return person.model_copy(update={"email": None}) if forged else person


def _made_by(person: Person) -> str:
    return uuid5_id("person", person.document_type or "", person.document_number or "")
