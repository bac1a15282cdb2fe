# SPDX-License-Identifier: Apache-2.0
"""`/ombudsman`: the follow-up of the answers to the ombudsman, of a period, and its file (ICX-08, F153)."""

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.web.door import door_of
from chassis.web.pages import Link
from chassis.web.written import day_of
from routing.following.desk import FollowUpDesk
from routing.roles import MANAGERS, Manager

FOLLOW_UP_LINK = Link("/ombudsman", "follow-up.nav", MANAGERS)


def follow_up_page_router(desk: FollowUpDesk) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/ombudsman")
    async def show(request: Request, _: Manager) -> Response:
        """Of the month under way, if no other period is asked for."""
        today = desk.today()
        first = _day(request, "from", today.replace(day=1))
        last = _day(request, "to", today)
        shown = await desk.rows(first, last) if first and last and first <= last else None
        return door_of(request).pages.render(
            request,
            "follow_up.html",
            status=200 if shown else 422,
            shown=shown,
            first=first.isoformat() if first else "",
            last=last.isoformat() if last else "",
        )

    return router


def _day(request: Request, name: str, otherwise: date) -> date | None:
    """None for what is no day."""
    text = request.query_params.get(name, "").strip()
    return day_of(text) if text else otherwise
