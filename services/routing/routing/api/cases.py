# SPDX-License-Identifier: Apache-2.0
"""`/v1/cases…`: the cases, listed and one by one, as programs read them (design 6)."""

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from chassis.web.door import locale_of
from chassis.web.problems import Problem
from chassis.web.written import Day
from routing.cases.cursors import UnknownCursor
from routing.cases.filters import CaseFilter
from routing.desk import Desk, field_error
from routing.domain.urgency import Task, due_spans
from routing.roles import Reader
from routing.shown.case import CaseView
from routing.shown.clock import DeadlineView
from routing.shown.history import HistoryView
from routing.shown.summary import CaseList, CaseSummary
from routing.versions import etag
from ventanilla_contracts.vocabulary import CaseStatus, Channel, Kind, Priority

Number = Annotated[str, Path(max_length=40, description="The case number")]


def case_router(desk: Desk) -> APIRouter:
    """Everything that needs a signed-in member of staff."""
    router = APIRouter(prefix="/v1")

    @router.get("/cases", tags=["cases"])
    async def list_cases(
        request: Request,
        _: Reader,
        area: Annotated[str | None, Query(max_length=100, description="Only those that this area has")] = None,
        responder: Annotated[
            str | None, Query(max_length=100, description="Only those of this member of staff")
        ] = None,
        status: Annotated[CaseStatus | None, Query(description="Only those in this state")] = None,
        kind: Annotated[Kind | None, Query(description="Only those of this kind")] = None,
        due_before: Annotated[Day | None, Query(description="Only those due before this day")] = None,
        limit: Annotated[int, Query(ge=1, le=200, description="How many at most")] = 50,
        to_classify: Annotated[
            bool | None, Query(description="Only those of which a person has yet to say what they are about, or not")
        ] = None,
        channel: Annotated[Channel | None, Query(description="Only those that came by this channel")] = None,
        priority: Annotated[Priority | None, Query(description="Only those of this priority")] = None,
        urgency: Annotated[
            Literal["overdue", "today", "soon", "in-time"] | None,
            Query(description="Only those with so much time left, while the clock runs"),
        ] = None,
        task: Annotated[Task | Literal["any"] | None, Query(description="Only those with this task, or any")] = None,
        waits: Annotated[bool | None, Query(description="Only those that wait for the person, or not")] = None,
        waiting_for: Annotated[
            Literal["review"] | None, Query(description="Only those whose draft waits for the legal team (CNF-09)")
        ] = None,
        ombudsman: Annotated[
            bool | None, Query(description="Only those of which the ombudsman ever asked, or not (ICX-08)")
        ] = None,
        cursor: Annotated[str | None, Query(max_length=200, description="`next` of the page before")] = None,
        q: Annotated[
            str | None,
            Query(max_length=200, description="Only those with all these words: of the text, a name, a number"),
        ] = None,
    ) -> CaseList:
        """Cases, by due date.

        A page at a time, the most urgent first. With `q`, which finds words in any form, with or without accents,
        names, documents and the numbers of cases and products: what is open first, then what is not.
        """
        beside: dict[str, Any] = {
            "to_classify": to_classify,
            "channel": channel,
            "priority": priority,
            "task": task,
            "waits": waits,
            "to_review": True if waiting_for == "review" else None,
            "by_ombudsman": ombudsman,
            "text": q,
        }
        wanted = CaseFilter(area, responder, status, kind, due_before, **beside)
        spans = due_spans(desk.clock.now(), desk.policy.calendar)
        wanted = replace(wanted, due_within=spans[urgency]) if urgency else wanted
        try:
            page = await desk.store.page(wanted, limit=limit, cursor=cursor)
        except UnknownCursor:
            code = "unknown-place-in-list"
            raise Problem(422, code, errors=[field_error("query.cursor", code)]) from None
        about = (desk.clock.now(), desk.policy.calendar, desk.wording, locale_of(request))
        return CaseList(items=tuple(CaseSummary.of(case, *about) for case in page.cases), next=page.next)

    @router.get("/cases/{number}", tags=["cases"])
    async def read_case(number: Number, _: Reader, response: Response) -> CaseView:
        """One case.

        With what was said, asked, delivered and answered, and the cases that it is linked with; `allowed` names the
        commands that it takes now.
        """
        found = await desk.case(number)
        response.headers["ETag"] = etag(found)
        return CaseView.of(found, await desk.store.messages(found.id), await desk.store.links(found.id))

    @router.get("/cases/{number}/deadline", tags=["cases"])
    async def read_deadline(request: Request, number: Number, _: Reader) -> DeadlineView:
        """Until when a case must be answered, and why.

        Each day of its term, counted or not, with the reason in words.
        """
        return DeadlineView.of(await desk.case(number), desk.wording, locale_of(request))

    @router.get("/cases/{number}/history", tags=["cases"])
    async def read_history(request: Request, number: Number, _: Reader) -> HistoryView:
        """What happened to a case.

        Who did what and when, the first first.
        """
        return HistoryView.of(await desk.case(number), desk.wording, locale_of(request))

    return router
