# SPDX-License-Identifier: Apache-2.0
"""Moment 4: what the platform says of persons is noted with those whose document it is, and then acknowledged.

Noted again it changes nothing, so whoever dies between the two leaves nothing undone and nothing doubled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chassis.batch import Processor
from chassis.clock import Clock
from chassis.ids import uuid5_id
from chassis.inputs import Input
from chassis.log import get_logger
from intake.domain.identifying import only
from intake.domain.person_heard import HearOfPerson
from intake.domain.persons import keys_said
from intake.domain.regulator.codes import PlatformCodes
from intake.domain.regulator.complaint import platform_person
from intake.persons.identifying import PERSONS
from intake.persons.store import Persons
from intake.regulator.gateway import RegulatorGateway
from ventanilla_contracts.intake import Person

_log = get_logger(__name__)


class NotHeard(Exception):
    """It could not be noted; it comes again."""


@dataclass(frozen=True)
class PersonsPuller:
    """Everything raises RegulatorAway or Unavailable."""

    gateway: RegulatorGateway
    processor: Processor
    persons: Persons
    clock: Clock
    authority: str
    platform: PlatformCodes

    async def pull(self) -> int:
        """How many were acknowledged. Who has no document that can be right is not, and is counted in the log."""
        acknowledged = 0
        async for page in self.gateway.pull_persons():
            said = [
                (number, person)
                for item in page
                if (person := platform_person(item, self.platform)) is not None
                and (number := str(item["numero_id_CF"]))
            ]
            if len(said) < len(page):
                _log.error("regulator-persons-unreadable", count=len(page) - len(said))
            await self._hear([person for _, person in said])
            refused = await self.gateway.ack_persons([number for number, _ in said]) if said else ()
            if refused:
                _log.error("regulator-refused-person-acks", count=len(refused))
            acknowledged += len(said) - len(refused)
        return acknowledged

    async def _hear(self, said: Sequence[Person]) -> None:
        """With whose document it is; where two share it, with neither."""
        keys = {id(person): keys_said(person)[0] for person in said}
        made = {
            id(person): uuid5_id("person", person.document_type or "", person.document_number or "") for person in said
        }
        holders, taken = await self.persons.holders(set(keys.values()), set(made.values()))
        inputs = []
        for person in said:
            found = holders.get(keys[id(person)], ())
            holder = only(found)
            person_id = holder.person_id if holder else made[id(person)]
            if holder is None and (found or person_id in taken):
                _log.error("regulator-person-not-certain")
                continue
            heard = HearOfPerson(said=person, authority=self.authority, at=self.clock.now())
            inputs.append(Input(PERSONS, person_id, message=heard))
        if inputs:
            await self.processor.process(inputs)
        if any(not isinstance(item.outcome, Mapping) for item in inputs):
            raise NotHeard(len(inputs))
