# SPDX-License-Identifier: Apache-2.0
"""What cannot wait, on the page of a case; and ``/desk/products``: cases found by a code, lot or serial number."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from chassis.web.door import door_of
from intake.api.desk import Desk, Uploader
from intake.api.urgent import Marker, cases_of_product
from intake.desk.cases import CaseDesk
from intake.desk.urgent import NewEmergency, NewRegulatorDue, UrgentActs
from intake.doors import Doors
from intake.pages.case import CasePage, Cursor
from intake.pages.posted import Posted
from intake.pages.router import page_router
from ventanilla_contracts.intake import TutelaForm

SHOWN = 50


def urgent_pages(doors: Doors) -> APIRouter:
    router = page_router()
    page = CasePage(CaseDesk(doors))
    acts = UrgentActs(page.desk)

    @router.post("/desk/cases/{number}/emergency", response_model=None)
    async def mark(request: Request, number: str, actor: Marker) -> HTMLResponse | RedirectResponse:
        async def act(form: Posted) -> None:
            said = {"matter": form.values.get("matter") or None, "reason": form.values.get("emergency_reason", "")}
            await acts.mark(request, number, NewEmergency.model_validate(said), actor)

        return await page.acted(request, number, actor, act)

    @router.post("/desk/cases/{number}/tutela", response_model=None)
    async def tutela(request: Request, number: str, actor: Desk) -> HTMLResponse | RedirectResponse:
        async def act(form: Posted) -> None:
            said = TutelaForm.model_validate(form.tutela(doors.settings.zone) or {"court": "", "reference": ""})
            await acts.tutela(request, number, said, actor)

        return await page.acted(request, number, actor, act)

    @router.post("/desk/cases/{number}/regulator-due", response_model=None)
    async def regulator_due(request: Request, number: str, actor: Uploader) -> HTMLResponse | RedirectResponse:
        async def act(form: Posted) -> None:
            await acts.regulator_due(request, number, _due(form), actor)

        return await page.acted(request, number, actor, act)

    @router.get("/desk/products")
    async def products(
        request: Request, _: Desk, q: Annotated[str, Query(max_length=100)] = "", cursor: Cursor = None
    ) -> HTMLResponse:
        found: Any = await cases_of_product(doors, q, SHOWN, cursor) if q.strip() else None
        return door_of(request).pages.render(request, "products.html", q=q, found=found)

    return router


def _due(form: Posted) -> NewRegulatorDue:
    return NewRegulatorDue.model_validate({"due": form.values.get("due", "")})
