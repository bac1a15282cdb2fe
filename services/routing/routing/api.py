# SPDX-License-Identifier: Apache-2.0
"""`/v1/cases…`, `/v1/files`, `/v1/matrix`: what programs and pages ask of routing (design 6)."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, UploadFile
from fastapi.responses import StreamingResponse

from chassis.ids import new_id
from chassis.web.door import locale_of
from chassis.web.problems import SIGNED_IN_RESPONSES, Problem, problem_response
from routing.bodies import AnswerBody, AssignBody, ClassifyBody, DeliverDocumentsBody, RequestDocumentsBody
from routing.desk import Desk, field_error
from routing.domain.commands import AnswerPerson, Assign, Classify, DeliverDocuments, RequestDocuments
from routing.roles import Deliverer, Handler, Reader, Writer
from routing.store import CaseFilter, UnknownCursor
from routing.views import CaseList, CaseSummary, CaseView, DeadlineView, HistoryView
from ventanilla_contracts.envelope import FileRef
from ventanilla_contracts.vocabulary import CaseStatus, Kind

Result = Mapping[str, object]

RESPONSES = {**SIGNED_IN_RESPONSES, 404: problem_response(404)}
COMMAND_RESPONSES = {**RESPONSES, 409: problem_response(409)}


def case_router(desk: Desk) -> APIRouter:
    """Everything that needs a signed-in member of staff."""
    router = APIRouter(prefix="/v1")
    _add_queries(router, desk)
    _add_commands(router, desk)
    _add_files(router, desk)
    return router


def _add_queries(router: APIRouter, desk: Desk) -> None:
    @router.get("/cases", responses=SIGNED_IN_RESPONSES, tags=["cases"])
    async def cases(
        request: Request,
        _: Reader,
        area: Annotated[str | None, Query(description="the area that has the case")] = None,
        responder: Annotated[str | None, Query(description="staff id")] = None,
        status: CaseStatus | None = None,
        kind: Kind | None = None,
        due_before: date | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[str | None, Query(max_length=200, description="`next` of the page before")] = None,
    ) -> CaseList:
        """Cases by due date, a page at a time."""
        wanted = CaseFilter(area, responder, status, kind, due_before)
        try:
            page = await desk.store.page(wanted, limit=limit, cursor=cursor)
        except UnknownCursor:
            code = "unknown-place-in-list"
            raise Problem(422, code, errors=[field_error("query.cursor", code)]) from None
        about = (desk.clock.now(), desk.policy.calendar, desk.wording, locale_of(request))
        return CaseList(items=tuple(CaseSummary.of(case, *about) for case in page.cases), next=page.next)

    @router.get("/cases/{number}", responses=RESPONSES, tags=["cases"])
    async def case(number: str, _: Reader) -> CaseView:
        """One case, with what was said, asked, delivered and answered."""
        found = await desk.case(number)
        return CaseView.of(found, await desk.store.messages(found.id))

    @router.get("/cases/{number}/deadline", responses=RESPONSES, tags=["cases"])
    async def deadline(request: Request, number: str, _: Reader) -> DeadlineView:
        """Until when, and why: each day, counted or not."""
        return DeadlineView.of(await desk.case(number), desk.wording, locale_of(request))

    @router.get("/cases/{number}/history", responses=RESPONSES, tags=["cases"])
    async def history(request: Request, number: str, _: Reader) -> HistoryView:
        """Who did what and when."""
        return HistoryView.of(await desk.case(number), desk.wording, locale_of(request))

    @router.get("/matrix", responses=SIGNED_IN_RESPONSES, tags=["matrix"])
    async def matrix(_: Reader) -> Mapping[str, object]:
        """The escalation matrix in force, with its version."""
        return desk.policy.matrix.file.model_dump(mode="json", by_alias=True, exclude_none=True)


def _add_commands(router: APIRouter, desk: Desk) -> None:
    @router.post("/cases/{number}/classify", responses=COMMAND_RESPONSES, tags=["commands"])
    async def classify(request: Request, number: str, body: ClassifyBody, actor: Handler) -> Result:
        """Correct the classification (CNF-06); the deadline is counted anew from the same receipt."""
        if not body.model_dump(exclude_none=True):
            code = "nothing-to-correct"
            raise Problem(422, code, errors=[field_error("$", code)])
        return await desk.give(request, await desk.case(number), Classify(actor, **body.model_dump()))

    @router.post("/cases/{number}/assign", responses=COMMAND_RESPONSES, tags=["commands"])
    async def assign(request: Request, number: str, body: AssignBody, actor: Handler) -> Result:
        """Give the case to another responder (CNF-07)."""
        return await desk.give(request, await desk.case(number), Assign(actor, body.responder, body.observation))

    @router.post("/cases/{number}/request-documents", responses=COMMAND_RESPONSES, tags=["commands"])
    async def request_documents(request: Request, number: str, body: RequestDocumentsBody, actor: Writer) -> Result:
        """Ask one responder for documents, with the person's file (CNF-10)."""
        await desk.refuse_unknown(body.files or ())
        command = RequestDocuments(actor, new_id(), body.due, body.text, body.responder, body.files)
        return await desk.give(request, await desk.case(number), command)

    @router.post("/cases/{number}/deliver-documents", responses=COMMAND_RESPONSES, tags=["commands"])
    async def deliver_documents(request: Request, number: str, body: DeliverDocumentsBody, actor: Deliverer) -> Result:
        """The responder returns documents and an action plan (CNF-10)."""
        await desk.refuse_unknown(body.files)
        command = DeliverDocuments(actor, body.text, body.request_id, body.files)
        return await desk.give(request, await desk.case(number), command)

    @router.post("/cases/{number}/answer", responses=COMMAND_RESPONSES, tags=["commands"])
    async def answer(request: Request, number: str, body: AnswerBody, actor: Writer) -> Result:
        """Answer the person by the way that the case asks for (CNF-10)."""
        await desk.refuse_unknown(body.files)
        command = AnswerPerson(actor, new_id(), body.text, body.files, body.delivery)
        return await desk.give(request, await desk.case(number), command)


def _add_files(router: APIRouter, desk: Desk) -> None:
    @router.post("/files", status_code=201, responses=SIGNED_IN_RESPONSES, tags=["files"])
    async def keep(file: UploadFile, _: Deliverer) -> FileRef:
        """Keep a file, to be named in a delivery or an answer."""
        return await desk.keep(file)

    @router.get("/cases/{number}/files/{sha256}", responses=RESPONSES, tags=["files"], response_class=StreamingResponse)
    async def download(number: str, sha256: str, _: Reader) -> StreamingResponse:
        """A file of the case."""
        return await desk.download(await desk.case(number), sha256)
