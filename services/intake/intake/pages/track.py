# SPDX-License-Identifier: Apache-2.0
"""``/track``: how far a case is, for whoever has number and code."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from chassis.web.door import door_of
from chassis.web.problems import Problem
from intake.pages.posted import posted
from intake.tracking import Tracking

LONGEST = 60
"""Characters of what is typed; no number and no code has as many."""


def track_pages(tracking: Tracking) -> APIRouter:
    router = APIRouter()

    @router.get("/track")
    async def ask(request: Request, number: Annotated[str, Query(max_length=LONGEST)] = "") -> HTMLResponse:
        return door_of(request).pages.render(request, "track.html", number=number, error=None, case=None)

    @router.post("/track")
    async def show(request: Request) -> HTMLResponse:
        values = (await posted(request)).values
        number, code = values.get("number", "")[:LONGEST], values.get("code", "")[:LONGEST]
        case, error, status = None, None, 200
        try:
            case = await tracking.show(request, number, code)
        except Problem as problem:
            if problem.status not in {404, 429}:
                raise
            error, status = f"problems.{problem.code}", problem.status
        page = door_of(request).pages
        return page.render(request, "track.html", status=status, number=number, error=error, case=case)

    return router
