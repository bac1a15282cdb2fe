# SPDX-License-Identifier: Apache-2.0
"""``/desk/regulator``: what the regulator's platform did not take, and closings that wait for a decision."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from chassis.web.auth import member_of
from chassis.web.door import door_of
from intake.api.desk import Desk, bad_cursor
from intake.cursor import BadCursor
from intake.desk.cases import CaseDesk
from intake.desk.regulator import RegulatorDesk
from intake.doors import Doors
from intake.pages.router import page_router
from ventanilla_contracts.envelope import Actor

SHOWN = 50
REPORTERS = frozenset({"agent", "general-secretariat", "legal"})


def may_report(request: Request, actor: Actor) -> bool:
    return not REPORTERS.isdisjoint(member_of(request, actor).roles)


def regulator_pages(doors: Doors) -> APIRouter:
    router = page_router()
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

    return router
