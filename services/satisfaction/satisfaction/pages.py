# SPDX-License-Identifier: Apache-2.0
"""`/`: the call list for whoever calls, in plain HTML."""

from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from chassis.web.door import door_of
from satisfaction.api import Caller, CheckId, Desk
from satisfaction.shown import NewAttempt
from satisfaction.store import Wanted

View = Literal["today", "pending", "waiting-for-sample", "completed", "waived"]
VIEWS: tuple[View, ...] = ("today", "pending", "waiting-for-sample", "completed", "waived")
CallResult = Literal["satisfied", "not-satisfied", "not-contacted"]
PER_PAGE = 25


def pages(desk: Desk) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def call_list(
        request: Request,
        _: Caller,
        view: Annotated[View, Query()] = "today",
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        recorded: Annotated[str | None, Query(max_length=40)] = None,
    ) -> HTMLResponse:
        status, due_on = (None, desk.today()) if view == "today" else (view, None)
        page = await desk.page(request, Wanted(status, due_on, limit=PER_PAGE, cursor=cursor))
        months = await desk.checks.months_waiting()
        return door_of(request).pages.render(
            request,
            "call-list.html",
            page=page,
            view=view,
            views=VIEWS,
            recorded=recorded,
            months=months,
            following=urlencode({"view": view, "cursor": page.next}) if page.next else None,
        )

    @router.post("/checks/{check_id}/attempts")
    async def attempt(
        request: Request,
        check_id: CheckId,
        actor: Caller,
        call: Annotated[CallResult, Form()],
        summary: Annotated[str, Form(max_length=4_000)] = "",
    ) -> RedirectResponse:
        """One choice instead of two fields, so that the form works without JavaScript."""
        if call == "not-contacted":
            new = NewAttempt(result="not-contacted", summary=summary)
        else:
            new = NewAttempt(result="contacted", outcome=call, summary=summary)
        check = await desk.record(request, check_id, new, actor)
        return RedirectResponse(f"/?{urlencode({'recorded': check.case_number})}", status_code=303)

    return router
