# SPDX-License-Identifier: Apache-2.0
"""The agent's pages: open cases by time left, and one case with what can be done about it. Plain forms, no script."""

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from chassis.ids import new_id
from chassis.web.auth import member_of
from chassis.web.door import door_of, locale_of
from chassis.web.pages import Link
from chassis.web.problems import Problem
from routing.api.bodies import LONGEST_TEXT, MOST_FILES
from routing.desk import Desk
from routing.domain.allowed import allowed
from routing.domain.answering.answering import way_to
from routing.domain.answering.documents import may_deliver
from routing.domain.case import Case
from routing.domain.commands import AnswerPerson, Classify, DeliverDocuments, TakeDelivery
from routing.pages.classifying import fields_of, names_of, said_in
from routing.pages.clock_shown import ClockForm, ClockShown
from routing.pages.earlier import shown_beside
from routing.roles import DELIVERERS, HANDLERS, WRITERS, Deliverer, Handler, Reader, Writer
from routing.shown.case import CaseView
from routing.shown.clock import DeadlineView
from routing.shown.history import HistoryView
from routing.shown.summary import CaseSummary
from routing.store import CaseFilter, UnknownCursor
from ventanilla_contracts.envelope import Actor, FileRef

LINKS = (Link("/", "nav.mine"), Link("/all", "nav.all"), Link("/to-classify", "classifying.title", HANDLERS))
PAGE = 50
FormName = Literal["classify", "deliver", "answer"]


def page_router(desk: Desk) -> APIRouter:
    """`/`, `/all`, `/to-classify`, `/cases/{number}` and the forms on it."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def mine(request: Request, actor: Reader, cursor: str | None = None) -> Response:
        return await _queue(desk, request, CaseFilter(responder=actor.id, open=True), "mine", cursor)

    @router.get("/all")
    async def every(request: Request, _: Reader, cursor: str | None = None) -> Response:
        return await _queue(desk, request, CaseFilter(open=True), "all", cursor)

    @router.get("/cases/{number}")
    async def case(request: Request, number: str, actor: Reader) -> Response:
        return await show_case(desk, request, await desk.case(number), actor)

    @router.post("/cases/{number}/deliver")
    async def deliver(request: Request, number: str, actor: Deliverer) -> Response:
        case = await desk.case(number)
        async with request.form() as form:
            text = text_of(form)
            if not text:
                return await show_case(desk, request, case, actor, wrong="deliver")
            await desk.give(request, case, DeliverDocuments(actor, text, files=await _files(desk, form)))
        return back_to(case)

    @router.post("/cases/{number}/answer")
    async def answer(request: Request, number: str, actor: Writer) -> Response:
        case = await desk.case(number)
        async with request.form() as form:
            text = text_of(form)
            if not text:
                return await show_case(desk, request, case, actor, wrong="answer")
            delivery: Literal["handed-over"] | None = "handed-over" if form.get("handed_over") else None
            files = await _files(desk, form)
            await desk.give(request, case, AnswerPerson(actor, new_id(), text, files, delivery))
        return back_to(case)

    _add_taking(router, desk)
    _add_classifying(router, desk)
    return router


def _add_taking(router: APIRouter, desk: Desk) -> None:
    @router.post("/cases/{number}/take-delivery")
    async def take(request: Request, number: str, actor: Writer) -> Response:
        case = await desk.case(number)
        async with request.form() as form:
            asked = form.get("request_id")
            request_id = asked if isinstance(asked, str) and asked else None
            command = TakeDelivery(actor, str(form.get("submission_id") or "")[:64], request_id)
        await desk.give(request, case, command)
        return back_to(case)


def _add_classifying(router: APIRouter, desk: Desk) -> None:
    @router.get("/to-classify")
    async def to_classify(request: Request, _: Handler, cursor: str | None = None) -> Response:
        return await _queue(desk, request, CaseFilter(to_classify=True), "to-classify", cursor)

    @router.post("/cases/{number}/classify")
    async def classify(request: Request, number: str, actor: Handler) -> Response:
        """Accept what was proposed or correct it, all in one (CNF-06)."""
        case = await desk.case(number)
        async with request.form() as form:
            said = said_in(form, fields_of(case, desk.policy.classifier, locale_of(request)))
        await desk.give(request, case, Classify(actor, **said))
        return back_to(case)


async def _queue(desk: Desk, request: Request, wanted: CaseFilter, which: str, cursor: str | None) -> Response:
    try:
        page = await desk.store.page(wanted, limit=PAGE, cursor=cursor)
    except UnknownCursor:
        raise Problem(422, "unknown-place-in-list") from None
    about = (desk.clock.now(), desk.policy.calendar, desk.wording, locale_of(request))
    cases = [CaseSummary.of(case, *about) for case in page.cases]
    names = names_of(desk.policy.classifier, about[-1])
    return door_of(request).pages.render(request, "queue.html", cases=cases, next=page.next, which=which, names=names)


async def show_case(
    desk: Desk, request: Request, case: Case, actor: Actor, wrong: FormName | ClockForm | None = None
) -> Response:
    """The page of a case; ``wrong`` is the form in which something was left out."""
    locale, classifier = locale_of(request), desk.policy.classifier
    view = CaseView.of(case, await desk.store.messages(case.id), await desk.store.links(case.id))
    about, decides = view.classification, bool(set(member_of(request, actor).roles) & set(WRITERS))
    return door_of(request).pages.render(
        request,
        "case.html",
        status=422 if wrong else 200,
        case=view,
        summary=CaseSummary.of(case, desk.clock.now(), desk.policy.calendar, desk.wording, locale),
        deadline=DeadlineView.of(case, desk.wording, locale),
        history=HistoryView.of(case, desk.wording, locale).items,
        attribute=classifier.attributes.get(about.attribute, about.attribute),
        category=classifier.regulator_categories.get(about.regulator_category, about.regulator_category),
        forms=_forms(desk, request, case, actor),
        clock=ClockShown.of(case, desk.policy, desk.clock.now(), decides=decides),
        fields=fields_of(case, classifier, locale),
        way=way_to(case),
        may_take=decides,
        wrong=wrong,
        longest_text=LONGEST_TEXT,
        **await shown_beside(desk, request, case),
    )


def _forms(desk: Desk, request: Request, case: Case, actor: Actor) -> list[FormName]:
    """The forms that this member may send now."""
    roles = set(member_of(request, actor).roles)
    shown: list[FormName] = ["classify"] if "classify" in allowed(case) and roles & set(HANDLERS) else []
    if case.open and actor.id in may_deliver(desk.policy, case) and roles & set(DELIVERERS):
        shown.append("deliver")
    if case.open and not case.answer_on_its_way and roles & set(WRITERS):
        shown.append("answer")
    return shown


def text_of(form: FormData) -> str:
    """What was written, with one kind of line break."""
    text = form.get("text")
    return text.replace("\r\n", "\n").strip()[:LONGEST_TEXT] if isinstance(text, str) else ""


async def _files(desk: Desk, form: FormData) -> tuple[FileRef, ...]:
    uploads = [one for one in form.getlist("files") if isinstance(one, UploadFile) and one.filename]
    if len(uploads) > MOST_FILES:
        raise Problem(422, "too-many-files", values={"most": MOST_FILES})
    return tuple([await desk.keep(upload) for upload in uploads])


def back_to(case: Case) -> Response:
    """To the page of the case, as it is now."""
    return RedirectResponse(f"/cases/{case.case_number}", status_code=303)
