# SPDX-License-Identifier: Apache-2.0
"""Pieces of a case's page that scripts ask for while it stays open: who else looks at it, what happened since."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from chassis.web.door import door_of, locale_of
from routing.desk import Desk
from routing.domain.case import Case
from routing.domain.versions import happened_since
from routing.live.presence import Present
from routing.roles import Reader
from routing.shown.history import lines_of
from ventanilla_contracts.envelope import Actor


def live_page_router(desk: Desk) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/cases/{number}/present")
    async def present(request: Request, number: str, actor: Reader) -> Response:
        others = await others_at(desk, request, await desk.case(number), actor)
        return door_of(request).pages.render(request, "case_present.html", others=others)

    @router.get("/cases/{number}/changes")
    async def changes(
        request: Request, number: str, _: Reader, since: Annotated[int, Query(ge=0, le=999_999_999)]
    ) -> Response:
        case = await desk.case(number)
        lines = lines_of(happened_since(case, since), desk.wording, locale_of(request))
        return door_of(request).pages.render(request, "case_changes.html", lines=lines, case=case)

    return router


async def others_at(desk: Desk, request: Request, case: Case, actor: Actor) -> list[tuple[str, Present]]:
    """By name, who else has the page open; whoever asks is there from now on."""
    staff = door_of(request).staff
    await desk.presence.enter(case.id, actor.id, desk.clock.now())
    members = [
        (staff.by_id(one.member) if staff else None, one) for one in await desk.presence.others(case.id, actor.id)
    ]
    return [(member.name, one) for member, one in members if member is not None]
