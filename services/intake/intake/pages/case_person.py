# SPDX-License-Identifier: Apache-2.0
"""On the page of a case: what was missing or wrong of who speaks in it."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from intake.api.persons import Corrector
from intake.desk.cases import CaseDesk
from intake.desk.person import NewPersonData, PersonOfCase, PersonsOfCases, person_values
from intake.doors import Doors
from intake.pages.case import CasePage
from intake.pages.posted import Posted
from intake.pages.router import page_router


def case_person_pages(doors: Doors) -> APIRouter:
    router = page_router()
    page = CasePage(CaseDesk(doors))
    persons = PersonsOfCases(page.desk)

    @router.post("/desk/cases/{number}/person", response_model=None)
    async def tell(request: Request, number: str, actor: Corrector) -> HTMLResponse | RedirectResponse:
        async def act(form: Posted) -> None:
            said = _given(doors, form, await persons.of_case(number))
            await persons.tell(request, number, NewPersonData.model_validate(said), actor)

        return await page.acted(request, number, actor, act, "#person")

    return router


def _given(doors: Doors, form: Posted, known: PersonOfCase) -> dict[str, Any]:
    """Of the whole form what differs from what is known; an emptied field stays as it was."""
    before, typed = person_values(known), {name: value.strip() for name, value in form.values.items()}
    document = ("document_type", "document_number")
    new = {name: typed[name] for name in ("name", *document) if typed.get(name) and typed[name] != before.get(name)}
    if new.keys() & set(document):
        new |= {name: typed[name] for name in document if typed.get(name)}
    if (place := typed.get("municipality")) and place != before.get("municipality"):
        new["municipality"] = doors.people.places.typed(place) or place
    return {**new, "reason": typed.get("reason", "")}
