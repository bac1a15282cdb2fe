# SPDX-License-Identifier: Apache-2.0
"""`/v1/cases/{number}/…`: what a case is about, who has it, documents (CNF-06, 07, 10), and its answer at once."""

from fastapi import APIRouter, Request

from chassis.ids import new_id
from chassis.web.problems import Problem
from routing.api.bodies import (
    AnswerBody,
    AssignBody,
    ClassifyBody,
    DeliverDocumentsBody,
    RequestDocumentsBody,
    TakeDeliveryBody,
)
from routing.api.cases import Number
from routing.api.giving import COMMAND, give
from routing.api.result import CommandResult
from routing.desk import Desk, field_error
from routing.domain.commands import (
    AnswerPerson,
    AskedOf,
    Assign,
    Classify,
    DeliverDocuments,
    RequestDocuments,
    TakeDelivery,
)
from routing.roles import Assigner, Deliverer, Handler, Writer


def handling_router(desk: Desk) -> APIRouter:
    """Who may what differs: see the roles of each."""
    router = APIRouter(prefix="/v1")

    @router.post("/cases/{number}/classify", **COMMAND)
    async def classify_case(request: Request, number: Number, body: ClassifyBody, actor: Handler) -> CommandResult:
        """Correct the classification of a case (CNF-06).

        What is left out stays as it is. The deadline is counted anew from the same receipt.
        """
        if not body.model_dump(exclude_none=True):
            code = "nothing-to-correct"
            raise Problem(422, code, errors=[field_error("$", code)])
        return await give(desk, request, number, Classify(actor, **body.model_dump()))

    @router.post("/cases/{number}/assign", **COMMAND)
    async def assign_case(request: Request, number: Number, body: AssignBody, actor: Assigner) -> CommandResult:
        """Give a case to another responder (CNF-07).

        The responder is told by mail, with the observation. The head of an area gives away those that it has.
        """
        return await give(desk, request, number, Assign(actor, body.responder, body.observation))

    @router.post("/cases/{number}/request-documents", **COMMAND)
    async def request_documents(
        request: Request, number: Number, body: RequestDocumentsBody, actor: Writer
    ) -> CommandResult:
        """Ask one responder or several for documents (CNF-10).

        By mail, with the person's file; each until the day that is named.
        """
        await desk.refuse_unknown(body.files or ())
        others = tuple(AskedOf(new_id(), one.responder, one.due) for one in body.others)
        command = RequestDocuments(actor, new_id(), body.due, body.text, body.responder, body.files, others)
        return await give(desk, request, number, command)

    @router.post("/cases/{number}/deliver-documents", **COMMAND)
    async def deliver_documents(
        request: Request, number: Number, body: DeliverDocumentsBody, actor: Deliverer
    ) -> CommandResult:
        """Deliver documents and an action plan (CNF-10).

        A responder only for a case of their own or of their area.
        """
        await desk.refuse_unknown(body.files)
        command = DeliverDocuments(actor, body.text, body.request_id, body.files, body.plan)
        return await give(desk, request, number, command)

    @router.post("/cases/{number}/take-delivery", **COMMAND)
    async def take_delivery(request: Request, number: Number, body: TakeDeliveryBody, actor: Writer) -> CommandResult:
        """Take what a responder sent by mail as the delivery (CNF-10).

        It counts as delivered when the mail came.
        """
        command = TakeDelivery(actor, body.submission_id, body.request_id)
        return await give(desk, request, number, command)

    @router.post("/cases/{number}/answer", **COMMAND)
    async def answer_person(request: Request, number: Number, body: AnswerBody, actor: Writer) -> CommandResult:
        """Answer the person (CNF-10).

        By the way that the case asks for: by mail, published if it is anonymous, by the regulator's platform, or handed
        over. Where the rules ask for a review or a second person it is drafted first.
        """
        await desk.refuse_unknown(body.files)
        command = AnswerPerson(actor, new_id(), body.text, body.files, body.delivery, body.partial)
        return await give(desk, request, number, command)

    return router
