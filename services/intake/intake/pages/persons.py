# SPDX-License-Identifier: Apache-2.0
"""``/desk/persons``: found while typing, shown in full, corrected and merged; all of it without JavaScript too."""

from collections.abc import Mapping
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from chassis.web.asking import ask
from chassis.web.door import door_of
from chassis.web.problems import Problem
from intake.api.persons import Correction, Corrector, Looker, PersonId, correct
from intake.domain.person_changes import MergePerson, UnmergePerson
from intake.doors import Doors
from intake.pages.posted import Posted, faults, posted
from intake.pages.router import page_router
from intake.persons.identifying import PERSONS
from intake.persons.people import PersonInFull, PersonShown
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.vocabulary import DocumentType

FOUND = 8
LONGEST_REASON = 500


def person_pages(doors: Doors) -> APIRouter:
    router = page_router()

    @router.get("/desk/persons")
    async def found(request: Request, actor: Looker, q: Annotated[str, Query(max_length=100)] = "") -> HTMLResponse:
        """The part of the desk that its script asks for while somebody types."""
        people = await doors.people.search(actor, q, FOUND)
        return door_of(request).pages.render(request, "persons_found.html", q=q, found=people)

    @router.get("/desk/persons/{person_id}")
    async def person(
        request: Request,
        actor: Looker,
        person_id: PersonId,
        q: Annotated[str, Query(max_length=100)] = "",
        done: Annotated[str, Query(max_length=20)] = "",
    ) -> Response:
        """``q``: with whom to merge; ``done``: what was just changed."""
        shown = await doors.people.show(actor, person_id)
        if shown.id != person_id:
            return RedirectResponse(f"/desk/persons/{shown.id}", status_code=303)
        return await _page(doors, request, actor, shown, q=q, done=done)

    _add_changes(router, doors)
    return router


def _add_changes(router: APIRouter, doors: Doors) -> None:
    @router.post("/desk/persons/{person_id}/correct")
    async def correct_person(request: Request, actor: Corrector, person_id: PersonId) -> Response:
        form = await posted(request)
        shown = await doors.people.show(actor, person_id)
        try:
            body = Correction.model_validate(_corrections(doors, form, shown))
            await correct(doors, request, person_id, body, actor)
        except (ValidationError, Problem) as error:
            if isinstance(error, Problem) and not error.errors:
                raise
            errors = faults(request, error)
            return await _page(doors, request, actor, shown, values=form.values, errors=errors, status=422)
        return RedirectResponse(f"/desk/persons/{person_id}?done=corrected", status_code=303)

    @router.post("/desk/persons/{person_id}/merge")
    async def merge(request: Request, actor: Corrector, person_id: PersonId) -> RedirectResponse:
        form = (await posted(request)).values
        into, reason = form.get("into", "")[:40], form.get("reason", "")[:LONGEST_REASON]
        command = MergePerson(person_id=person_id, into=into, actor=actor, reason=reason)
        await ask(doors.commands, request, PERSONS, "", command)
        return RedirectResponse(f"/desk/persons/{into}?done=merged", status_code=303)

    @router.post("/desk/persons/{person_id}/unmerge")
    async def unmerge(request: Request, actor: Corrector, person_id: PersonId) -> RedirectResponse:
        reason = (await posted(request)).values.get("reason", "")[:LONGEST_REASON]
        command = UnmergePerson(person_id=person_id, actor=actor, reason=reason)
        await ask(doors.commands, request, PERSONS, "", command)
        return RedirectResponse(f"/desk/persons/{person_id}?done=unmerged", status_code=303)


def filled_in(person: PersonShown | None) -> dict[str, str]:
    """The values in use, by the names of the desk's fields."""
    if person is None:
        return {}
    document = person.documents[0] if person.documents else None
    values = {
        "name": person.name,
        "document_type": document.type if document else None,
        "document_number": document.number if document else None,
        "email": person.emails[0].value if person.emails else None,
        "phone": person.phones[0].value if person.phones else None,
        "address": person.address,
        "municipality": person.municipality_name,
        "segment": person.segment,
    }
    return {name: value for name, value in values.items() if value}


def _corrections(doors: Doors, form: Posted, shown: PersonInFull) -> dict[str, Any]:
    """Of the whole form only what differs from what is known; an emptied field is not to be used any more."""
    known, given = filled_in(shown), {name: value.strip() for name, value in form.values.items()}
    names = ("name", "document_type", "document_number", "email", "phone", "address", "segment")
    changed = {name: given.get(name) or None for name in names if given.get(name, "") != known.get(name, "")}
    if changed.keys() & {"document_type", "document_number"}:
        changed |= {name: given.get(name) or None for name in ("document_type", "document_number")}
    if given.get("municipality", "") != known.get("municipality", ""):
        typed = given.get("municipality") or None
        changed["municipality"] = (doors.people.places.typed(typed) or typed) if typed else None
    return {**changed, "reason": given.get("reason", ""), "confirmed": "confirmed" in given}


async def _page(
    doors: Doors,
    request: Request,
    actor: Actor,
    shown: PersonInFull,
    *,
    q: str = "",
    done: str = "",
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    others = await doors.people.search(actor, q, FOUND) if q else None
    return door_of(request).pages.render(
        request,
        "person.html",
        status=status,
        person=shown,
        values=values or filled_in(shown),
        errors=errors or {},
        q=q,
        others=[one for one in others.items if one.id != shown.id] if others else None,
        done=done,
        may_change=actor.role in ("adviser", "agent"),
        document_types=get_args(DocumentType),
        places=doors.people.places.all,
        segments=doors.people.segments.all,
    )
