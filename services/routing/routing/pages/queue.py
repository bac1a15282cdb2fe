# SPDX-License-Identifier: Apache-2.0
"""Lists of cases by time left: what an agent opens in the morning. Plain forms; scripts only help (ADR 0030)."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.web.door import door_of, locale_of
from chassis.web.pages import Link
from chassis.web.problems import Problem
from routing.desk import Desk
from routing.pages.classifying import names_of
from routing.roles import HANDLERS, Handler, Reader
from routing.shown.summary import CaseSummary
from routing.store import CaseFilter, UnknownCursor

LINKS = (Link("/", "nav.mine"), Link("/all", "nav.all"), Link("/to-classify", "classifying.title", HANDLERS))
PAGE = 50


def queue_router(desk: Desk) -> APIRouter:
    """`/`, `/all`, `/to-classify`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def mine(request: Request, actor: Reader, cursor: str | None = None) -> Response:
        return await _queue(desk, request, CaseFilter(responder=actor.id, open=True), "mine", cursor)

    @router.get("/all")
    async def every(request: Request, _: Reader, cursor: str | None = None) -> Response:
        return await _queue(desk, request, CaseFilter(open=True), "all", cursor)

    @router.get("/to-classify")
    async def to_classify(request: Request, _: Handler, cursor: str | None = None) -> Response:
        return await _queue(desk, request, CaseFilter(to_classify=True), "to-classify", cursor)

    return router


async def _queue(desk: Desk, request: Request, wanted: CaseFilter, which: str, cursor: str | None) -> Response:
    try:
        page = await desk.store.page(wanted, limit=PAGE, cursor=cursor)
    except UnknownCursor:
        raise Problem(422, "unknown-place-in-list") from None
    about = (desk.clock.now(), desk.policy.calendar, desk.wording, locale_of(request))
    cases = [CaseSummary.of(case, *about) for case in page.cases]
    names = names_of(desk.policy.classifier, about[-1])
    return door_of(request).pages.render(request, "queue.html", cases=cases, next=page.next, which=which, names=names)
