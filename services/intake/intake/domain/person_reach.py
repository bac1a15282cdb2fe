# SPDX-License-Identifier: Apache-2.0
"""A correction of a person reaches an open case: whoever keeps the data is told (CNF-12: whom to call)."""

from collections.abc import Collection
from dataclasses import dataclass

from chassis.decision import Decision, Refused
from intake.domain.case import Case
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import Person, PersonalCorrection, PersonCorrected, PersonField
from ventanilla_contracts.vocabulary import CaseStatus

ENDED: frozenset[CaseStatus] = frozenset({"closed", "withdrawn", "rejected", "transferred"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectCasePerson:
    """``before_email``: the address that does not hold any more; it takes no part in the case from now on."""

    actor: Actor
    correction: str
    fields: tuple[PersonField, ...]
    person: Person
    municipality: str | None = None
    before_email: str | None


def correct_case_person(case: Case | None, command: CorrectCasePerson) -> Decision[Case] | Refused:
    """Once, however often it is asked; a case that has ended stays as it was, and what it knows is no news to it."""
    if case is None:
        return Refused("case-unknown", kind="not-found")
    if command.correction in case.corrections or case.progress.status in ENDED:
        return Decision(case)
    heard = (*case.corrections, command.correction)
    values = values_of(command.fields, command.person, command.municipality)
    if values.items() <= case.corrected.items():
        return Decision(case.model_copy(update={"corrections": heard}))
    changes: dict[str, object] = {"corrections": heard, "corrected": case.corrected | values}
    if "email" in command.fields:
        changes["participants"] = _participants(case, command)
    told = PersonCorrected(
        actor=command.actor,
        correction=command.correction,
        fields=command.fields,
        municipality=values.get("municipality"),
        personal=PersonalCorrection(person=command.person),
    )
    return Decision(case.model_copy(update=changes), (told,))


def values_of(fields: Collection[PersonField], person: Person, municipality: str | None) -> dict[str, str | None]:
    """By the names of Person, and ``municipality``: what holds from now on."""
    found = {**person.model_dump(), "municipality": municipality}
    names = {"document": ("document_type", "document_number")}
    return {name: found[name] for field in fields for name in names.get(field, (field,))}


def _participants(case: Case, command: CorrectCasePerson) -> tuple[str, ...]:
    gone, new = (command.before_email or "").casefold(), (command.person.email or "").casefold()
    kept = (one for one in case.participants if one != gone)
    return tuple(dict.fromkeys(one for one in (*kept, new) if one))
