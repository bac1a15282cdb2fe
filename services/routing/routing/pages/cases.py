# SPDX-License-Identifier: Apache-2.0
"""The page of a case, with what can be done about it. Plain forms; scripts only help (ADR 0030)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from chassis.files import LARGEST
from chassis.ids import new_id
from chassis.web.auth import member_of
from chassis.web.door import door_of, locale_of
from chassis.web.problems import ProblemDocument
from routing.api.bodies import LONGEST_TEXT, MOST_FILES
from routing.desk import Desk
from routing.domain.allowed import allowed
from routing.domain.answering.documents import may_deliver
from routing.domain.answering.sending import way_to
from routing.domain.assigning import may_assign
from routing.domain.case import Case
from routing.domain.commands import AnswerPerson, Classify, DeliverDocuments, TakeDelivery
from routing.live.events import position_now
from routing.pages.answering_shown import AnsweringShown
from routing.pages.assigning import assignment_in, choices
from routing.pages.case_forms import files_in, form_of, text_of
from routing.pages.classifying import fields_of, said_in
from routing.pages.clock_shown import ClockShown
from routing.pages.earlier import shown_beside
from routing.pages.live import others_at
from routing.pages.planned import plan_in
from routing.pages.typed import typed_in
from routing.roles import ASSIGNERS, DELIVERERS, HANDLERS, WRITERS, Assigner, Deliverer, Handler, Reader, Writer
from routing.shown.case import CaseView
from routing.shown.clock import DeadlineView
from routing.shown.conversation import turns_of
from routing.shown.history import HistoryLine, HistoryView
from routing.shown.summary import CaseSummary
from ventanilla_contracts.envelope import Actor, FileRef

__all__ = ["Refusal", "back_to", "page_router", "show_case", "text_of"]

FormName = Literal["classify", "assign", "deliver", "answer"]


@dataclass(frozen=True)
class Refusal:
    """Why a command was not carried out, and what its giver did not know."""

    why: ProblemDocument
    changes: Sequence[HistoryLine]


def page_router(desk: Desk) -> APIRouter:
    """`/cases/{number}` and the forms on it."""
    router = APIRouter(include_in_schema=False)

    @router.get("/cases/{number}")
    async def case(request: Request, number: str, actor: Reader) -> Response:
        return await show_case(desk, request, await desk.case(number), actor)

    @router.post("/cases/{number}/deliver")
    async def deliver(request: Request, number: str, actor: Deliverer) -> Response:
        case = await desk.case(number)
        async with form_of(request, case, actor) as form:
            text, files, plan = text_of(form), await files_in(desk, form), plan_in(form)
        if not text or plan is None:
            wrong = "deliver-plan" if text else "deliver"
            return await show_case(desk, request, case, actor, wrong=wrong, files=files)
        await desk.give(request, case, DeliverDocuments(actor, text, files=files, plan=plan))
        return back_to(case)

    @router.post("/cases/{number}/answer")
    async def answer(request: Request, number: str, actor: Writer) -> Response:
        case = await desk.case(number)
        async with form_of(request, case, actor) as form:
            text, files = text_of(form), await files_in(desk, form)
            delivery: Literal["handed-over"] | None = "handed-over" if form.get("handed_over") else None
            partial = bool(form.get("partial"))
        if not text:
            return await show_case(desk, request, case, actor, wrong="answer", files=files)
        await desk.give(request, case, AnswerPerson(actor, new_id(), text, files, delivery, partial))
        return back_to(case)

    _add_assigning(router, desk)
    _add_taking(router, desk)
    _add_classifying(router, desk)
    return router


def _add_assigning(router: APIRouter, desk: Desk) -> None:
    @router.post("/cases/{number}/assign")
    async def assign(request: Request, number: str, actor: Assigner) -> Response:
        case = await desk.case(number)
        async with form_of(request, case, actor) as form:
            command = assignment_in(form, actor)
        await desk.give(request, case, command)
        return back_to(case)


def _add_taking(router: APIRouter, desk: Desk) -> None:
    @router.post("/cases/{number}/take-delivery")
    async def take(request: Request, number: str, actor: Writer) -> Response:
        case = await desk.case(number)
        async with form_of(request, case, actor) as form:
            asked = form.get("request_id")
            request_id = asked if isinstance(asked, str) and asked else None
            command = TakeDelivery(actor, str(form.get("submission_id") or "")[:64], request_id)
        await desk.give(request, case, command)
        return back_to(case)


def _add_classifying(router: APIRouter, desk: Desk) -> None:
    @router.post("/cases/{number}/classify")
    async def classify(request: Request, number: str, actor: Handler) -> Response:
        """Accept what was proposed or correct it, all in one (CNF-06)."""
        case = await desk.case(number)
        async with form_of(request, case, actor) as form:
            said = said_in(form, fields_of(case, desk.policy.classifier, locale_of(request)))
        await desk.give(request, case, Classify(actor, **said))
        return back_to(case)


async def show_case(
    desk: Desk,
    request: Request,
    case: Case,
    actor: Actor,
    wrong: str | None = None,
    refused: Refusal | None = None,
    files: Sequence[FileRef] = (),
) -> Response:
    """The page of a case; ``wrong`` is the form in which something was left out, ``refused`` why a command was not
    carried out. What was typed stands in its form, with the ``files`` that came along.
    """
    locale, classifier = locale_of(request), desk.policy.classifier
    view = CaseView.of(case, await desk.store.messages(case.id), await desk.store.links(case.id))
    about, decides = view.classification, bool(set(member_of(request, actor).roles) & set(WRITERS))
    return door_of(request).pages.render(
        request,
        "case.html",
        status=refused.why.status if refused else 422 if wrong else 200,
        case=view,
        conversation=turns_of(view),
        typed=await typed_in(request, case.case_number, files),
        refused=refused,
        others=await others_at(desk, request, case, actor),
        since=position_now(),
        summary=CaseSummary.of(case, desk.clock.now(), desk.policy.calendar, desk.wording, locale),
        deadline=DeadlineView.of(case, desk.wording, locale),
        history=HistoryView.of(case, desk.wording, locale).items,
        attribute=classifier.attributes.get(about.attribute, about.attribute),
        category=classifier.regulator_categories.get(about.regulator_category, about.regulator_category),
        forms=_forms(desk, request, case, actor),
        people=choices(request, desk),
        clock=ClockShown.of(case, desk.policy, desk.clock.now(), decides=decides),
        fields=fields_of(case, classifier, locale),
        answering=AnsweringShown.of(case, desk.policy, desk.clock.now(), actor, writes=decides),
        way=way_to(case),
        may_take=decides,
        wrong=wrong,
        longest_text=LONGEST_TEXT,
        files_at_once=MOST_FILES,
        largest_file=LARGEST,
        largest_form=door_of(request).settings.http_body_limit,
        **await shown_beside(desk, request, case),
    )


def _forms(desk: Desk, request: Request, case: Case, actor: Actor) -> list[FormName]:
    """The forms that this member may send now."""
    roles = set(member_of(request, actor).roles)
    shown: list[FormName] = ["classify"] if "classify" in allowed(case) and roles & set(HANDLERS) else []
    giver = next((role for role in ASSIGNERS if role in roles), None)
    if giver and "assign" in allowed(case) and may_assign(desk.policy, case, Actor(id=actor.id, role=giver)):
        shown.append("assign")
    if case.open and actor.id in may_deliver(desk.policy, case) and roles & set(DELIVERERS):
        shown.append("deliver")
    if "draft" in allowed(case) and case.draft is None and roles & set(WRITERS):
        shown.append("answer")
    return shown


def back_to(case: Case) -> Response:
    """To the page of the case, as it is now."""
    return RedirectResponse(f"/cases/{case.case_number}", status_code=303)
