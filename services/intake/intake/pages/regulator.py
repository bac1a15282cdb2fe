# SPDX-License-Identifier: Apache-2.0
"""``/desk/regulator``: what the regulator's platform did not take, and closings that wait for a decision."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from chassis.web.auth import member_of
from chassis.web.door import door_of
from chassis.web.problems import Problem
from intake.api.desk import Desk, bad_cursor
from intake.api.regulator import Reporter
from intake.case_desk import CaseDesk
from intake.cursor import BadCursor
from intake.doors import Doors
from intake.pages.posted import posted
from intake.regulator_desk import NewFavour, RegulatorDesk
from ventanilla_contracts.envelope import Actor

SHOWN = 50
REPORTERS = frozenset({"agent", "general-secretariat", "legal"})


def may_report(request: Request, actor: Actor) -> bool:
    return not REPORTERS.isdisjoint(member_of(request, actor).roles)


def regulator_pages(doors: Doors) -> APIRouter:
    router = APIRouter()
    desk = RegulatorDesk(CaseDesk(doors))

    @router.get("/desk/regulator")
    async def listed(
        request: Request, actor: Desk, cursor: Annotated[str | None, Query(max_length=200)] = None
    ) -> HTMLResponse:
        try:
            found = await desk.attention(request, SHOWN, cursor)
        except BadCursor:
            raise bad_cursor() from None
        return door_of(request).pages.render(
            request,
            "regulator.html",
            cases=found.items,
            next=found.next,
            first=cursor is None,
            on=doors.settings.regulator_scope is not None,
            reports=may_report(request, actor),
        )

    @router.post("/desk/cases/{number}/regulator/favour")
    async def decide(request: Request, number: str, actor: Reporter) -> RedirectResponse:
        form = await posted(request)
        try:
            new = NewFavour.model_validate({"favour": form.values.get("favour", "")})
        except ValidationError:
            raise Problem(422) from None
        await desk.decide(request, number, new.favour, actor)
        return _to(number)

    @router.post("/desk/cases/{number}/regulator/retry")
    async def retry(request: Request, number: str, actor: Reporter) -> RedirectResponse:
        await posted(request)
        await desk.retry(request, number, actor)
        return _to(number)

    return router


def _to(number: str) -> RedirectResponse:
    return RedirectResponse(f"/desk/cases/{number}#regulator", status_code=303)
