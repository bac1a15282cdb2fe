# SPDX-License-Identifier: Apache-2.0
"""Lists of cases by time left: what an agent opens in the morning. Plain forms; scripts only help (ADR 0030)."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.i18n import catalogue
from chassis.ids import new_id
from chassis.web.auth import member_of
from chassis.web.door import door_of, locale_of
from chassis.web.pages import Link
from chassis.web.problems import Problem
from routing.cases.cursors import UnknownCursor
from routing.cases.filters import CaseFilter
from routing.cases.store import MOST_COUNTED, Page
from routing.desk import Desk
from routing.domain.urgency import DueSpan, UrgencyWord, due_spans
from routing.live.events import position_now
from routing.pages.assigning import choices
from routing.pages.classifying import names_of
from routing.pages.queue_filters import (
    FIRST_SHOWN,
    URGENCIES,
    Asked,
    Names,
    asked_in,
    fields_of_queue,
    narrowed,
    of_urgency,
    values_of,
)
from routing.roles import ASSIGNERS, HANDLERS, READERS, REVIEWERS, Handler, Reader
from routing.searching.building import StillBuilding
from routing.shown.summary import CaseSummary
from ventanilla_contracts.envelope import Actor

LINKS = (
    Link("/", "nav.mine", READERS),
    Link("/all", "nav.all", READERS),
    Link("/to-classify", "classifying.title", HANDLERS),
    Link("/to-review", "answering.nav-review", REVIEWERS),
    Link("/frequent-questions", "questions.title", READERS),
)
PAGE = 50
_CATALOGUES = {
    "kind": "kinds",
    "priority": "priorities",
    "status": "statuses",
    "channel": "channels",
    "urgency": "workbench.urgencies",
    "task": "workbench.tasks",
    "waits": "workbench.yes-no",
    "to_classify": "workbench.yes-no",
    "ombudsman": "workbench.yes-no",
}


def queue_router(desk: Desk) -> APIRouter:
    """`/`, `/all`, `/to-classify`, `/to-review`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def mine(request: Request, actor: Reader) -> Response:
        return await _queue(desk, request, CaseFilter(responder=actor.id, open=True), "mine", actor)

    @router.get("/all")
    async def every(request: Request, actor: Reader) -> Response:
        return await _queue(desk, request, CaseFilter(open=True), "all", actor)

    @router.get("/to-classify")
    async def to_classify(request: Request, actor: Handler) -> Response:
        return await _queue(desk, request, CaseFilter(to_classify=True), "to-classify", actor)

    @router.get("/to-review")
    async def to_review(request: Request, actor: Reader) -> Response:
        return await _queue(desk, request, CaseFilter(to_review=True, open=True), "to-review", actor)

    return router


async def _queue(desk: Desk, request: Request, base: CaseFilter, which: str, actor: Actor) -> Response:
    now, calendar, locale = desk.clock.now(), desk.policy.calendar, locale_of(request)
    spans, names = due_spans(now, calendar), _names(request, desk, which)
    asked = asked_in(request.query_params, names)
    wanted = narrowed(base, asked, spans)
    try:
        page = await desk.store.page(wanted, limit=PAGE, cursor=request.query_params.get("cursor"))
        building = None
    except UnknownCursor:
        raise Problem(422, "unknown-place-in-list") from None
    except StillBuilding as far:
        page, building = Page((), None), far.values
    counts = {} if wanted.text else await _counted(desk, base, asked, spans)
    roles = set(member_of(request, actor).roles)
    return door_of(request).pages.render(
        request,
        "queue.html",
        headers={"HX-Push-Url": asked.address(request.url.path), "Vary": "HX-Request"},
        cases=[CaseSummary.of(case, now, calendar, desk.wording, locale) for case in page.cases],
        next=page.next,
        which=which,
        asked=asked,
        fields=fields_of_queue(names, asked),
        due_before=wanted.due_before,
        first_shown=FIRST_SHOWN,
        counts=counts,
        building=building,
        most=MOST_COUNTED,
        names=names_of(desk.policy.classifier, locale),
        people=choices(request, desk),
        may_assign=bool(roles & set(ASSIGNERS)),
        may_classify=bool(roles & set(HANDLERS)),
        key=new_id(),
        since=position_now(),
    )


async def _counted(
    desk: Desk, base: CaseFilter, asked: Asked, spans: Mapping[UrgencyWord, DueSpan]
) -> Mapping[UrgencyWord, int]:
    """By urgency, whichever of them is shown."""
    without = narrowed(base, Asked({**asked.values, "urgency": ""}), spans)
    return await desk.store.counts({word: of_urgency(without, word, spans) for word in URGENCIES})


def _names(request: Request, desk: Desk, which: str) -> Names:
    """The fields that this list can be narrowed down by."""
    texts, locale = catalogue("routing"), locale_of(request)
    in_words: dict[str, Mapping[str, str]] = {
        "area": {one.id: one.name for one in desk.policy.classifier.areas.values()},
        "responder": {one.id: one.name for one in choices(request, desk)},
    }
    for field, where in _CATALOGUES.items():
        in_words[field] = {value: texts.t(f"{where}.{value}", locale) for value in values_of(field)}
    left_out = {"mine": "responder", "to-classify": "to_classify"}.get(which)
    order = (*FIRST_SHOWN, "urgency", "status", "channel", "task", "waits", "to_classify", "ombudsman")
    return {field: in_words[field] for field in order if field != left_out}
