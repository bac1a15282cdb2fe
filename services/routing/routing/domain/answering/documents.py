# SPDX-License-Identifier: Apache-2.0
"""Documents asked from responders with the person's file, and what comes back (CNF-10)."""

from datetime import datetime

from chassis.decision import Decision, Refused
from routing.domain.answering.records import DocumentsDelivery, DocumentsRequest
from routing.domain.answering.watching import watch
from routing.domain.case import Case
from routing.domain.commands import AskedOf, DeliverDocuments, RequestDocuments
from routing.domain.handling import Handling
from routing.domain.policy import Policy
from ventanilla_contracts.envelope import Actor, StaffRef
from ventanilla_contracts.routing import DocumentsDelivered, DocumentsRequested, PersonalDocuments, PersonalWords


def request_documents(policy: Policy, case: Case, command: RequestDocuments, now: datetime) -> Decision[Case] | Refused:
    """Ask one responder or several, each by a day of their own that is not past."""
    handling = Handling(case, now)
    for asked in (AskedOf(command.request_id, command.responder or "", command.due), *command.others):
        request = _request(policy, case, command, asked, now)
        if isinstance(request, Refused):
            return request
        _say_requested(handling, request, command.actor)
    watch(handling, policy)
    ids = (command.request_id, *(one.request_id for one in command.others))
    return handling.decision(request_id=command.request_id, request_ids=list(ids))


def _request(
    policy: Policy, case: Case, command: RequestDocuments, asked: AskedOf, now: datetime
) -> DocumentsRequest | Refused:
    responder = _responder(policy, case, asked.responder or None)
    if responder is None:
        return Refused("unknown-member", "invalid", "responder", {"id": asked.responder})
    today = policy.calendar.local_date(now)
    if asked.due < today:
        return Refused("day-is-past", "invalid", "due", {"today": today.isoformat()})
    return DocumentsRequest(
        id=asked.request_id,
        responder=responder,
        due=asked.due,
        text=command.text,
        files=case.files if command.files is None else command.files,
        asked_at=now,
        asked_by=policy.matrix.people.get(command.actor.id),
    )


def _say_requested(handling: Handling, request: DocumentsRequest, actor: Actor) -> None:
    said = DocumentsRequested(
        actor=actor,
        request_id=request.id,
        responder=request.responder,
        due=request.due,
        files=request.files,
        personal=PersonalWords(text=request.text),
    )
    handling.say(said, requests=(*handling.case.requests, request), status="in-progress")


def deliver_documents(policy: Policy, case: Case, command: DeliverDocuments, now: datetime) -> Decision[Case] | Refused:
    """The responder, whoever was asked, or who stands in for the area, hands over documents and an action plan."""
    responder = may_deliver(policy, case).get(command.actor.id)
    if responder is None:
        return Refused("not-the-responder", "forbidden")
    if command.request_id and command.request_id not in [request.id for request in case.requests]:
        return Refused("unknown-request", "invalid", "request_id")
    delivery = DocumentsDelivery(
        responder=responder,
        at=now,
        text=command.text,
        files=command.files,
        request_id=command.request_id,
        plan=command.plan,
    )
    handling = Handling(case, now)
    say_delivered(handling, delivery, command.actor)
    return handling.decision()


def say_delivered(handling: Handling, delivery: DocumentsDelivery, actor: Actor) -> None:
    """It is kept, and answers what was asked for."""
    case = handling.case
    said = DocumentsDelivered(
        actor=actor,
        request_id=delivery.request_id,
        responder=delivery.responder,
        files=delivery.files,
        personal=PersonalDocuments(text=delivery.text, plan=delivery.plan),
    )
    requests = tuple(_delivered(request, delivery) for request in case.requests)
    handling.say(said, deliveries=(*case.deliveries, delivery), requests=requests, status="in-progress")


def _responder(policy: Policy, case: Case, member: str | None) -> StaffRef | None:
    if member is not None:
        return policy.matrix.people.get(member)
    return case.assignment.responder if case.assignment else None


def may_deliver(policy: Policy, case: Case) -> dict[str, StaffRef]:
    """By staff id: who has the case, was asked for documents, or stands in for its area."""
    people = [request.responder for request in case.requests]
    if case.assignment is not None:
        people += [case.assignment.responder, *policy.matrix.stand_ins(case.assignment.area)]
    return {one.id: one for one in people}


def _delivered(request: DocumentsRequest, delivery: DocumentsDelivery) -> DocumentsRequest:
    """A delivery without a request's id answers all that its responder was asked."""
    meant = delivery.request_id == request.id if delivery.request_id else request.responder == delivery.responder
    if not meant or request.delivered_at:
        return request
    return request.model_copy(update={"delivered_at": delivery.at})
