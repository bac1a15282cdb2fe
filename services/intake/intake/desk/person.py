# SPDX-License-Identifier: Apache-2.0
"""Who speaks in a case: what holds of them now, and what somebody gives or corrects; API and pages do it in one way."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Request
from pydantic import BaseModel, Field

from chassis.decision import Refused
from chassis.web.asking import ask
from intake.consumers import CASES
from intake.desk.cases import CaseDesk
from intake.domain.case import Case, PersonChange
from intake.domain.forms import checked_person
from intake.domain.person_mentions import STAFF, Mention
from intake.domain.person_told import TellPerson
from intake.domain.regulator.told import person_now
from intake.doors import problem_of
from ventanilla_contracts.envelope import Actor, Frozen, ShortText
from ventanilla_contracts.intake import Person, PersonField, SubmissionForm
from ventanilla_contracts.vocabulary import DocumentType

LONGEST_REASON = 500


class NewPersonData(Frozen):
    """What is known now of who speaks in the case; what is left out stays as it is."""

    reason: Annotated[
        str, Field(min_length=1, max_length=LONGEST_REASON, description="How it is known; it stays in the history")
    ]
    name: ShortText | None = None
    document_type: DocumentType | None = None
    document_number: ShortText | None = Field(None, description="Goes with `document_type`")
    municipality: str | None = Field(None, max_length=5, description="DIVIPOLA code")


class PersonOfCase(BaseModel):
    """Who speaks in the case, as far as it is known now; what was filed stays beside it."""

    person_id: str | None = Field(description="Of the record of the person; null where nobody is certain")
    person: Person
    municipality: str | None = Field(description="DIVIPOLA code")
    municipality_name: str | None
    filed: Person
    changes: list[PersonChange] = Field(description="What was given or corrected on the case, the last one first")


class PersonOfCaseTold(BaseModel):
    case_number: str
    person_id: str | None = Field(description="To whom the document leads; null where there is none")
    change: int = Field(description="Number of the line in the case's history of its person")


@dataclass(frozen=True)
class PersonsOfCases:
    """Every method raises Problem: 404, 409, 422, 503."""

    desk: CaseDesk

    async def of_case(self, number: str) -> PersonOfCase:
        case_id, case = await self.desk.case(number)
        form, _ = await self._filed(case_id)
        municipality = case.corrected.get("municipality", form.municipality)
        place = self.desk.doors.people.places.of(municipality)
        return PersonOfCase(
            person_id=case.person_id,
            person=person_now(case, form.person),
            municipality=municipality,
            municipality_name=place.label if place else None,
            filed=form.person,
            changes=list(reversed(case.person_changes)),
        )

    async def tell(self, request: Request, number: str, new: NewPersonData, actor: Actor) -> PersonOfCaseTold:
        said = _said(new)
        fault = said if isinstance(said, Refused) else self.desk.doors.people.places.refusal(new.municipality or None)
        if fault is not None:
            raise problem_of(request, fault)
        assert isinstance(said, Person)  # noqa: S101  # narrows for mypy
        case_id, case = await self.desk.case(number)
        form, row = await self._filed(case_id)
        command = TellPerson(
            case_id=case_id,
            actor=actor,
            reason=new.reason,
            fields=_fields(said, new.municipality),
            said=said,
            municipality=new.municipality or None,
            filed=_as_filed(case, form, row),
            of_person=case.person_id,
        )
        return PersonOfCaseTold.model_validate(dict(await ask(self.desk.doors.commands, request, CASES, "", command)))

    async def _filed(self, case_id: str) -> tuple[SubmissionForm, dict[str, Any]]:
        row = await self.desk.doors.cases.filing(case_id) or {}
        return SubmissionForm.model_validate(row["personal"]["form"] if row else {"text": ""}), row


def person_values(known: PersonOfCase) -> dict[str, str]:
    """What holds now, by the names of the form's fields."""
    person = known.person
    values = {
        "name": person.name,
        "document_type": person.document_type,
        "document_number": person.document_number,
        "municipality": known.municipality_name,
    }
    return {name: value for name, value in values.items() if value}


def _fields(said: Person, municipality: str | None) -> tuple[PersonField, ...]:
    given: dict[PersonField, object] = {
        "name": said.name,
        "document": said.document_number,
        "municipality": municipality,
    }
    return tuple(field for field, value in given.items() if value)


def _as_filed(case: Case, form: SubmissionForm, row: dict[str, Any]) -> Mention:
    """For the record of another person: not an address in whose name somebody else writes."""
    actor = Actor.model_validate(row["actor"]) if row else Actor(id="intake", role="service")
    forged = (row.get("sender") or {}).get("verdict") == "fail"
    said = form.person.model_copy(update={"email": None}) if forged else form.person
    by_staff = actor.role in STAFF
    return Mention(
        case_number=case.number,
        at=case.registered_at,
        actor=actor,
        by_staff=by_staff,
        confirmed=by_staff and form.contact_confirmed,
        said=said.model_copy(update={"document_type": None, "document_number": None}),
        municipality=form.municipality,
        segment=form.segment,
    )


def _said(new: NewPersonData) -> Person | Refused:
    """Errors name the fields of this body, which has them at its top."""
    values = {name: getattr(new, name) for name in ("name", "document_type", "document_number")}
    found = checked_person(Person.model_construct(**Person().model_dump() | values))
    if isinstance(found, Refused):
        field = (found.field or "").replace("$.person.", "$.")
        return Refused(found.code, kind="invalid", field=field, values=found.values)
    return found
