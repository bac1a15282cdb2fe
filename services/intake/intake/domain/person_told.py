# SPDX-License-Identifier: Apache-2.0
"""Who speaks in a case, as somebody of the house learned it afterwards: what was missing or wrong, with the reason.

A document leads the case to its person; what is said of the person whom it has already corrects their record. The
record of somebody who has other cases too keeps its document: who has another one here is somebody else (ADR 0018).
"""

from dataclasses import dataclass
from datetime import datetime

from chassis.decision import Decision, Refused, Row
from intake.domain.case import Case, PersonChange
from intake.domain.identifying import Holder, only
from intake.domain.person_mentions import Mention, mention_row
from intake.domain.person_reach import values_of
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import Person, PersonalCorrection, PersonCorrected, PersonField

MOST_CHANGES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TellPerson:
    """``said`` of ``fields``, none of them empty; ``filed``: what the filing said of the person, for another record.

    ``of_person`` is whom the case had. Set when it is resolved: ``holders`` are those who identify themselves with the
    document that is said, ``made`` the id of a new person with it, ``alone``: whether no other case is of whom it had.
    """

    case_id: str
    actor: Actor
    reason: str
    fields: tuple[PersonField, ...]
    said: Person
    municipality: str | None
    filed: Mention
    of_person: str | None
    holders: tuple[Holder, ...] = ()
    made: str | None = None
    alone: bool = False


def tell_person(case: Case | None, command: TellPerson, now: datetime) -> Decision[Case] | Refused:
    """Also of a case that has ended: the regulator may still have to hear of it."""
    if case is None:
        return Refused("case-unknown", kind="not-found")
    if refused := _refusal(case, command):
        return refused
    change = _change(case, command, now)
    correction, person_id = f"{command.case_id}/{change.n}", _person_of(case, command)
    told = PersonCorrected(
        actor=command.actor,
        correction=correction,
        fields=command.fields,
        municipality=change.values.get("municipality"),
        personal=PersonalCorrection(person=command.said),
    )
    changes = {
        "person_id": person_id,
        "corrections": (*case.corrections, correction),
        "corrected": case.corrected | change.values,
        "person_changes": (*case.person_changes, change)[-MOST_CHANGES:],
    }
    rows = _rows(case, command, person_id, correction, now)
    result = {"case_number": case.number, "person_id": person_id, "change": change.n}
    return Decision(case.model_copy(update=changes), (told,), rows=rows, result=result)


def _refusal(case: Case, command: TellPerson) -> Refused | None:
    if case.anonymous:
        return Refused("person-stays-anonymous", values={"number": case.number})
    if not command.reason.strip():
        return Refused("person-reason-missing", kind="invalid", field="$.reason")
    if not command.fields:
        return Refused("person-nothing-to-correct", kind="invalid", field="$")
    return None


def _change(case: Case, command: TellPerson, now: datetime) -> PersonChange:
    return PersonChange(
        n=(case.person_changes[-1].n if case.person_changes else 0) + 1,
        at=now,
        by=command.actor,
        reason=command.reason.strip(),
        fields=command.fields,
        values=values_of(command.fields, command.said, command.municipality),
    )


def _person_of(case: Case, command: TellPerson) -> str | None:
    """Whose document it is; nobody where several could be meant. One of nobody corrects whom only this case knows."""
    known = {one for holder in command.holders for one in (holder.person_id, holder.root)}
    if "document" not in command.fields or case.person_id in known:
        return case.person_id
    if command.holders:
        holder = only(command.holders)
        return holder.person_id if holder else None
    stays = command.alone and case.person_id is not None and case.person_id == command.of_person
    return case.person_id if stays else command.made


def _rows(case: Case, command: TellPerson, person_id: str | None, correction: str, now: datetime) -> tuple[Row, ...]:
    """Of the person whom the case had a correction; of another one what was filed, and what was said of them now."""
    if person_id is None:
        return ()
    said = Mention(
        case_number=case.number,
        at=now,
        actor=command.actor,
        by_staff=True,
        confirmed=False,
        said=command.said,
        municipality=command.municipality,
        segment=None,
    )
    if person_id == case.person_id:
        corrects = {"fields": list(command.fields), "reason": command.reason.strip()}
        return (mention_row(correction, person_id, said, corrects),)
    return (mention_row(f"{correction}/filed", person_id, command.filed), mention_row(correction, person_id, said))
