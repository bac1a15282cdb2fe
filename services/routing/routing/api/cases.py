# SPDX-License-Identifier: Apache-2.0
"""`/v1/cases…`, `/v1/files`: what programs and pages ask of routing (design 6)."""

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response, UploadFile
from fastapi.responses import StreamingResponse

from chassis.ids import new_id
from chassis.web.asking import TAKES_IDEMPOTENCY_KEY
from chassis.web.door import locale_of
from chassis.web.problems import Problem
from chassis.web.written import Day
from routing.api.bodies import (
    AnswerBody,
    AssignBody,
    ClassifyBody,
    DeliverDocumentsBody,
    RequestDocumentsBody,
    TakeDeliveryBody,
)
from routing.api.result import CommandResult
from routing.cases.cursors import UnknownCursor
from routing.cases.filters import CaseFilter
from routing.desk import Desk, field_error
from routing.domain.commands import (
    AnswerPerson,
    AskedOf,
    Assign,
    Classify,
    Command,
    DeliverDocuments,
    RequestDocuments,
    TakeDelivery,
)
from routing.domain.urgency import Task, due_spans
from routing.roles import Assigner, Deliverer, Handler, Reader, Writer
from routing.shown.case import CaseView
from routing.shown.clock import DeadlineView
from routing.shown.history import HistoryView
from routing.shown.summary import CaseList, CaseSummary
from routing.versions import TAKES_VERSION, etag
from ventanilla_contracts.envelope import FileRef
from ventanilla_contracts.vocabulary import CaseStatus, Channel, Kind, Priority

Number = Annotated[str, Path(max_length=40, description="The case number")]
Sha256 = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="The file's hash, as the case names it")]


def case_router(desk: Desk) -> APIRouter:
    """Everything that needs a signed-in member of staff."""
    router = APIRouter(prefix="/v1")
    _add_queries(router, desk)
    _add_commands(router, desk)
    _add_files(router, desk)
    return router


def _add_queries(router: APIRouter, desk: Desk) -> None:
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


def _add_commands(router: APIRouter, desk: Desk) -> None:
    asked: dict[str, Any] = {
        "tags": ["commands"],
        "dependencies": [TAKES_IDEMPOTENCY_KEY, TAKES_VERSION],
        "response_model_exclude_unset": True,
    }

    @router.post("/cases/{number}/classify", **asked)
    async def classify_case(request: Request, number: Number, body: ClassifyBody, actor: Handler) -> CommandResult:
        """Correct the classification of a case (CNF-06).

        What is left out stays as it is. The deadline is counted anew from the same receipt.
        """
        if not body.model_dump(exclude_none=True):
            code = "nothing-to-correct"
            raise Problem(422, code, errors=[field_error("$", code)])
        return await _give(desk, request, number, Classify(actor, **body.model_dump()))

    @router.post("/cases/{number}/assign", **asked)
    async def assign_case(request: Request, number: Number, body: AssignBody, actor: Assigner) -> CommandResult:
        """Give a case to another responder (CNF-07).

        The responder is told by mail, with the observation. The head of an area gives away those that it has.
        """
        return await _give(desk, request, number, Assign(actor, body.responder, body.observation))

    @router.post("/cases/{number}/request-documents", **asked)
    async def request_documents(
        request: Request, number: Number, body: RequestDocumentsBody, actor: Writer
    ) -> CommandResult:
        """Ask one responder or several for documents (CNF-10).

        By mail, with the person's file; each until the day that is named.
        """
        await desk.refuse_unknown(body.files or ())
        others = tuple(AskedOf(new_id(), one.responder, one.due) for one in body.others)
        command = RequestDocuments(actor, new_id(), body.due, body.text, body.responder, body.files, others)
        return await _give(desk, request, number, command)

    @router.post("/cases/{number}/deliver-documents", **asked)
    async def deliver_documents(
        request: Request, number: Number, body: DeliverDocumentsBody, actor: Deliverer
    ) -> CommandResult:
        """Deliver documents and an action plan (CNF-10).

        A responder only for a case of their own or of their area.
        """
        await desk.refuse_unknown(body.files)
        command = DeliverDocuments(actor, body.text, body.request_id, body.files, body.plan)
        return await _give(desk, request, number, command)

    @router.post("/cases/{number}/take-delivery", **asked)
    async def take_delivery(request: Request, number: Number, body: TakeDeliveryBody, actor: Writer) -> CommandResult:
        """Take what a responder sent by mail as the delivery (CNF-10).

        It counts as delivered when the mail came.
        """
        command = TakeDelivery(actor, body.submission_id, body.request_id)
        return await _give(desk, request, number, command)

    @router.post("/cases/{number}/answer", **asked)
    async def answer_person(request: Request, number: Number, body: AnswerBody, actor: Writer) -> CommandResult:
        """Answer the person (CNF-10).

        By the way that the case asks for: by mail, published if it is anonymous, by the regulator's platform, or handed
        over. Where the rules ask for a review or a second person it is drafted first.
        """
        await desk.refuse_unknown(body.files)
        command = AnswerPerson(actor, new_id(), body.text, body.files, body.delivery, body.partial)
        return await _give(desk, request, number, command)


async def _give(desk: Desk, request: Request, number: str, command: Command) -> CommandResult:
    return CommandResult.model_validate(await desk.give(request, await desk.case(number), command))


def _add_files(router: APIRouter, desk: Desk) -> None:
    @router.post("/files", status_code=201, tags=["files"])
    async def keep_file(file: UploadFile, _: Deliverer) -> FileRef:
        """Keep a file.

        To be named in a request, a delivery or an answer, just as it is answered here.
        """
        return await desk.keep(file)

    bytes_ = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}

    @router.get(
        "/cases/{number}/files/{sha256}",
        tags=["files"],
        response_class=StreamingResponse,
        responses={200: {"content": bytes_}},
    )
    async def read_file(number: Number, sha256: Sha256, _: Reader) -> StreamingResponse:
        """A file of a case.

        Its bytes, always as a download.
        """
        return await desk.download(await desk.case(number), sha256)
