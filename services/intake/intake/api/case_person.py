# SPDX-License-Identifier: Apache-2.0
"""Who speaks in a case: what holds of them now, and giving or correcting it (CNF-12)."""

from fastapi import APIRouter, Depends, Request

from chassis.web.asking import TAKES_IDEMPOTENCY_KEY
from intake.api.body import body_in_hand, documented_json, read_json
from intake.api.desk import Desk, Number
from intake.api.persons import Corrector
from intake.desk.cases import CaseDesk
from intake.desk.person import NewPersonData, PersonOfCase, PersonOfCaseTold, PersonsOfCases
from intake.doors import Doors


def case_person_api(doors: Doors) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["cases"])
    persons = PersonsOfCases(CaseDesk(doors))
    changing = [Depends(body_in_hand), TAKES_IDEMPOTENCY_KEY]

    @router.get("/cases/{number}/person")
    async def read_person_of_case(number: Number, _: Desk) -> PersonOfCase:
        """Who speaks in a case.

        What holds now, what was filed, and who gave or corrected something since.
        """
        return await persons.of_case(number)

    @router.post("/cases/{number}/person", dependencies=changing, openapi_extra=documented_json(NewPersonData))
    async def tell_person_of_case(request: Request, number: Number, actor: Corrector) -> PersonOfCaseTold:
        """Give or correct who speaks in a case.

        The document, the name, the municipality: what was missing, as for the regulator's platform, which is told again
        by itself. A document leads the case to its person; one that nobody has yet makes a person, or corrects the one
        whom only this case knows.
        """
        return await persons.tell(request, number, await read_json(request, NewPersonData), actor)

    return router
