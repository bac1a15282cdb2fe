# SPDX-License-Identifier: Apache-2.0
"""`/v1/cases/{number}/…`: an answer on its way to the person, drafted, reviewed, approved; or why there is none."""

from fastapi import APIRouter, Request

from chassis.ids import new_id
from routing.api.answering_bodies import (
    ApproveBody,
    AskClarificationBody,
    DraftBody,
    DraftList,
    DraftView,
    KeepCopyBody,
    MarkOmbudsmanBody,
    OmbudsmanDecisionBody,
    RejectBody,
    ReviewBody,
    WidenOmbudsmanBody,
)
from routing.api.cases import Number
from routing.api.giving import COMMAND, give
from routing.api.result import CommandResult
from routing.desk import Desk
from routing.domain.answering.commands import (
    ApproveDraft,
    AskClarification,
    KeepCopy,
    MarkOmbudsman,
    NoteOmbudsmanDecision,
    Reject,
    Review,
    SaveDraft,
    WidenOmbudsman,
)
from routing.roles import Reader, Writer


def answering_router(desk: Desk) -> APIRouter:
    """For those who write to the person."""
    router = APIRouter(prefix="/v1")
    _add_drafting(router, desk)
    _add_rest(router, desk)
    _add_ombudsman(router, desk)
    return router


def _add_drafting(router: APIRouter, desk: Desk) -> None:
    @router.get("/cases/{number}/drafts", tags=["cases"])
    async def read_drafts(number: Number, _: Reader) -> DraftList:
        """Every revision of the drafts of an answer.

        The first first; what was approved is among the answers of the case.
        """
        case = await desk.case(number)
        return DraftList(items=tuple(DraftView.model_validate(row) for row in await desk.store.drafts(case.id)))

    @router.post("/cases/{number}/draft", **COMMAND)
    async def draft_answer(request: Request, number: Number, body: DraftBody, actor: Writer) -> CommandResult:
        """Write the draft of an answer, or change it (CNF-10).

        `revision` is the one that was read; if somebody wrote meanwhile nothing is overwritten.
        """
        await desk.refuse_unknown(body.files)
        command = SaveDraft(actor, body.revision, body.text, body.files, body.partial, body.delivery)
        return await give(desk, request, number, command)

    @router.post("/cases/{number}/review", **COMMAND)
    async def review_draft(request: Request, number: Number, body: ReviewBody, actor: Writer) -> CommandResult:
        """Have a draft reviewed by the legal team (CNF-09).

        Ask for it; or, as one of the reviewers, return it with reasons or pass it.
        """
        return await give(desk, request, number, Review(actor, body.act, body.revision, body.text or ""))

    @router.post("/cases/{number}/approve", **COMMAND)
    async def approve_draft(request: Request, number: Number, body: ApproveBody, actor: Writer) -> CommandResult:
        """Approve a draft: it goes to the person (CNF-10).

        By the way that the case asks for, once the rules have what they ask for.
        """
        return await give(desk, request, number, ApproveDraft(actor, new_id(), body.revision))


def _add_rest(router: APIRouter, desk: Desk) -> None:
    @router.post("/cases/{number}/keep-copy", **COMMAND)
    async def keep_copy(request: Request, number: Number, body: KeepCopyBody, actor: Writer) -> CommandResult:
        """Keep the scan of an answer that went on paper (CNF-10).

        Whenever it comes, also once the case is over.
        """
        await desk.refuse_unknown(body.files)
        return await give(desk, request, number, KeepCopy(actor, body.answer_id, body.files))

    @router.post("/cases/{number}/ask-clarification", **COMMAND)
    async def ask_clarification(
        request: Request, number: Number, body: AskClarificationBody, actor: Writer
    ) -> CommandResult:
        """Return what nobody understands, to be made clear (CPACA art. 19).

        The person has ten business days; the term of the house runs on.
        """
        return await give(desk, request, number, AskClarification(actor, body.text))

    @router.post("/cases/{number}/reject", **COMMAND)
    async def reject_case(request: Request, number: Number, body: RejectBody, actor: Writer) -> CommandResult:
        """Reject a request, with reasons (CPACA art. 19).

        It is disrespectful; or was not made clear in its ten days; or repeats what another case was answered.
        """
        if body.earlier_case_number is not None:
            await desk.refuse_unanswered(body.earlier_case_number)
        command = Reject(actor, body.reason, body.text, body.earlier_case_number)
        return await give(desk, request, number, command)


def _add_ombudsman(router: APIRouter, desk: Desk) -> None:
    @router.post("/cases/{number}/mark-ombudsman", **COMMAND)
    async def mark_ombudsman(request: Request, number: Number, body: MarkOmbudsmanBody, actor: Writer) -> CommandResult:
        """Note that the ombudsman of the financial consumer asks about a case (ICX-08).

        They are owed an answer within eight business days; a case that is over is open again. The answer of the case is
        the answer to them, in time or not, and goes to their own address where one is named.
        """
        command = MarkOmbudsman(actor, body.reference, body.received_on, body.text, body.email)
        return await give(desk, request, number, command)

    @router.post("/cases/{number}/widen-ombudsman", **COMMAND)
    async def widen_ombudsman(
        request: Request, number: Number, body: WidenOmbudsmanBody, actor: Writer
    ) -> CommandResult:
        """Note that the ombudsman gives more time to answer them (ICX-08).

        With their reasons. Where the case is due by what they asked, it is due by the new day.
        """
        command = WidenOmbudsman(actor, body.reference, body.due, body.text)
        return await give(desk, request, number, command)

    @router.post("/cases/{number}/ombudsman-decision", **COMMAND)
    async def note_ombudsman_decision(
        request: Request, number: Number, body: OmbudsmanDecisionBody, actor: Writer
    ) -> CommandResult:
        """Note what the ombudsman decided (ICX-08).

        Once of each of their requests, after it has its answer; also once the case is over.
        """
        await desk.refuse_unknown(body.files)
        command = NoteOmbudsmanDecision(actor, body.reference, body.decided_on, body.favour, body.text, body.files)
        return await give(desk, request, number, command)
