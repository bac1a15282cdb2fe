# SPDX-License-Identifier: Apache-2.0
"""Persons for the desk: found while typing, shown with their cases, corrected, merged (CNF-12, ICX-12)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, Field

from chassis.decision import Refused
from chassis.web.asking import TAKES_IDEMPOTENCY_KEY, ask, refused
from chassis.web.auth import require
from intake.api.body import body_in_hand, documented_json, read_json
from intake.domain.forms import checked_person
from intake.domain.person_changes import CorrectPerson, MergePerson, UnmergePerson
from intake.domain.person_changes import Field as PersonField
from intake.domain.persons import document_key
from intake.doors import Doors, problem_of
from intake.persons.identifying import PERSONS
from intake.persons.people import PersonInFull, PersonsFound
from ventanilla_contracts.envelope import Actor, Frozen, ShortText
from ventanilla_contracts.intake import Person
from ventanilla_contracts.vocabulary import DocumentType

Looker = Annotated[Actor, Depends(require("adviser", "agent", "general-secretariat", "legal"))]
Corrector = Annotated[Actor, Depends(require("adviser", "agent"))]
PersonId = Annotated[str, Path(max_length=40, description="The person's id")]
Reason = Annotated[str, Field(min_length=1, max_length=500, description="Why; it stays in the history")]


class Correction(Frozen):
    """What is to hold from now on; a field that is left out stays, one that is null is not used any more."""

    reason: Reason
    name: ShortText | None = None
    document_type: DocumentType | None = None
    document_number: ShortText | None = Field(None, description="Goes with `document_type`; in place of the first one")
    email: ShortText | None = Field(None, description="In place of the one in use")
    phone: ShortText | None = Field(None, description="In place of the one in use")
    address: ShortText | None = None
    municipality: str | None = Field(None, max_length=5, description="DIVIPOLA code")
    segment: ShortText | None = None
    confirmed: bool = Field(
        default=False, description="The person said that e-mail and telephone, as they are then, are theirs"
    )

    @property
    def fields(self) -> tuple[PersonField, ...]:
        named = self.model_fields_set
        plain: tuple[PersonField, ...] = ("name", "email", "phone", "address", "municipality", "segment")
        document: tuple[PersonField, ...] = ("document",) if named & {"document_type", "document_number"} else ()
        return (*(field for field in plain if field in named), *document)


class Merging(Frozen):
    """This record is of the same person as ``into``, which stays."""

    into: str = Field(min_length=1, max_length=40, description="Id of the person as whom both are shown from now on")
    reason: Reason


class Unmerging(Frozen):
    """They are two after all."""

    reason: Reason


class Changed(BaseModel):
    person_id: str = Field(description="As whom the person is shown now")
    change: int | None = Field(None, description="Number of the line in the person's history")


def persons_api(doors: Doors) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["persons"])
    changing = [Depends(body_in_hand), TAKES_IDEMPOTENCY_KEY]

    @router.get("/persons")
    async def find_persons(
        actor: Looker,
        q: Annotated[str, Query(max_length=100, description="Beginnings of names, numbers or addresses")],
        limit: Annotated[int, Query(ge=1, le=20, description="How many at most")] = 8,
    ) -> PersonsFound:
        """Find persons by what they say of themselves.

        By document, e-mail, telephone or name, each as far as it is typed; accents and capitals do not matter. Each
        comes with their latest cases. Who looked at whom is written down.
        """
        return await doors.people.search(actor, q, limit)

    @router.get("/persons/{person_id}")
    async def show_person(actor: Looker, person_id: PersonId) -> PersonInFull:
        """A person with all cases, changes, and who looked.

        Of one that was merged into another, the other. The look is written down.
        """
        return await doors.people.show(actor, person_id)

    @router.post("/persons/{person_id}/correct", dependencies=changing, openapi_extra=documented_json(Correction))
    async def correct_person(request: Request, person_id: PersonId, actor: Corrector) -> Changed:
        """Correct what is known of a person.

        Open cases of the person hear of a new name, document, e-mail, telephone or address: letters and calls go there.
        What was filed stays as it was said.
        """
        return await correct(doors, request, person_id, await read_json(request, Correction), actor)

    @router.post("/persons/{person_id}/merge", dependencies=changing, openapi_extra=documented_json(Merging))
    async def merge_person(request: Request, person_id: PersonId, actor: Corrector) -> Changed:
        """Say that two records are one person.

        This one is shown as `into` from now on, with the cases of both. It can be undone.
        """
        body = await read_json(request, Merging)
        command = MergePerson(person_id=person_id, into=body.into, actor=actor, reason=body.reason)
        return Changed.model_validate(dict(await ask(doors.commands, request, PERSONS, "", command)))

    @router.post("/persons/{person_id}/unmerge", dependencies=changing, openapi_extra=documented_json(Unmerging))
    async def unmerge_person(request: Request, person_id: PersonId, actor: Corrector) -> Changed:
        """Undo a merge.

        Each record has again the cases that named it, also those that were filed meanwhile.
        """
        body = await read_json(request, Unmerging)
        command = UnmergePerson(person_id=person_id, actor=actor, reason=body.reason)
        return Changed.model_validate(dict(await ask(doors.commands, request, PERSONS, "", command)))

    return router


async def correct(doors: Doors, request: Request, person_id: str, body: Correction, actor: Actor) -> Changed:
    """Raises Problem: 404, 409, 422, 503."""
    said = _said(body)
    fault = said if isinstance(said, Refused) else doors.people.places.refusal(body.municipality or None)
    if fault is not None:
        raise problem_of(request, fault)
    assert isinstance(said, Person)  # noqa: S101  # narrows for mypy
    if said.document_type and said.document_number:
        key = document_key(said.document_type, said.document_number)
        if await doors.people.holds_document(key, person_id):
            raise refused(Refused("document-of-another", allowed=("merge",)))
    command = CorrectPerson(
        person_id=person_id,
        actor=actor,
        reason=body.reason,
        fields=body.fields,
        said=said,
        municipality=body.municipality or None,
        segment=(body.segment or "").strip() or None,
        confirmed=body.confirmed,
    )
    return Changed.model_validate(dict(await ask(doors.commands, request, PERSONS, person_id, command)))


def _said(body: Correction) -> Person | Refused:
    """Errors name the fields of this body, which has them at its top."""
    values = {name: getattr(body, name) for name in Person.model_fields}
    number = values.pop("document_number")
    found = checked_person(Person.model_construct(**values, document_number=number))
    if isinstance(found, Refused):
        field = (found.field or "").replace("$.person.", "$.")
        return Refused(found.code, kind="invalid", field=field, values=found.values)
    return found
