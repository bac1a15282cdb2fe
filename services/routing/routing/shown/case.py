# SPDX-License-Identifier: Apache-2.0
"""All of a case."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from routing.domain.allowed import allowed
from routing.domain.answering.ombudsman_records import OmbudsmanDecision, OmbudsmanRequest, Widening
from routing.domain.answering.records import (
    Answer,
    Answered,
    Clarification,
    DocumentsDelivery,
    DocumentsRequest,
    Draft,
    Outcome,
    ProposedDelivery,
    Rejected,
)
from routing.domain.case import Case
from routing.domain.classifying.classification import Classification
from routing.domain.classifying.proposal import Proposal
from routing.domain.clock.records import Extension
from routing.domain.endings import Closed, Transferred, Withdrawn
from routing.domain.matrix.matrix import Assignment
from routing.domain.urgency import Task, task_of
from routing.shown.clock import StopView
from routing.shown.summary import View, handled
from ventanilla_contracts.envelope import Actor, FileRef, Instant, LocalDate
from ventanilla_contracts.intake import Emergency, Membership, Person, Product, RegulatorRequest, Tutela
from ventanilla_contracts.vocabulary import (
    Authenticated,
    CaseStatus,
    Channel,
    LinkRelation,
    LinkStatus,
)


class Message(View):
    """What the person said after the filing."""

    at: Instant
    channel: Channel
    text: str
    files: tuple[FileRef, ...] = ()


class LinkView(View):
    """Another case that has to do with this one; what is dismissed is shown too."""

    number: str = Field(description="the other case")
    relation: LinkRelation
    status: LinkStatus
    kept_here: bool = Field(description="whether it is this case that quotes, repeats or was split")

    @classmethod
    def of(cls, row: Mapping[str, Any], case_id: str) -> "LinkView":
        here = row["case_id"] == case_id
        number = row["other_case_number" if here else "case_number"]
        return cls(number=number, relation=row["relation"], status=row["status"], kept_here=here)


class OmbudsmanView(View):
    """The ombudsman of the financial consumer asked about it (ICX-08)."""

    reference: str = Field(description="the ombudsman's own")
    received_on: LocalDate
    text: str = Field(description="what they ask")
    due: LocalDate = Field(description="the last day to answer them")
    due_at: Instant
    source: str = Field(description="which rule gives the days")
    email: str | None = Field(description="where they get the answer by mail, too")
    by: Actor
    noted_at: Instant
    widened: tuple[Widening, ...] = Field(description="how often they gave more time, until when and why")
    answer_id: str | None = Field(description="the answer that reached the person; null while they wait")
    answered_at: Instant | None
    in_time: bool | None
    letter: Outcome | None = Field(description="what became of the letter to them; null where none goes")
    letter_trouble: str | None
    decision: OmbudsmanDecision | None = Field(description="what they decided, once they had the answer")

    @classmethod
    def of(cls, asked: OmbudsmanRequest) -> "OmbudsmanView":
        return cls(**{name: getattr(asked, name) for name in cls.model_fields})


class CaseView(View):
    """All of a case but its trace and history, which have addresses of their own."""

    case_number: str
    status: CaseStatus
    open: bool
    allowed: tuple[str, ...] = Field(description="the commands that the case takes now")
    channel: Channel
    received_at: Instant
    registered_at: Instant
    anonymous: bool
    authenticated: Authenticated | None = Field(description="of a mail: fail is a sender that is not who they say")
    service_point: str | None
    municipality: str | None
    segment: str | None
    regulator: RegulatorRequest | None
    emergency: Emergency | None = Field(description="what is in danger, and the words that decided")
    tutela: Tutela | None = Field(description="the court, and its date and hour")
    product_reference: str | None
    product: Product | None
    membership: Membership | None = Field(description="of a membership request: what is checked before admission")
    person: Person
    subject: str
    text: str
    full_text: FileRef | None
    files: tuple[FileRef, ...]
    messages: tuple[Message, ...]
    classification: Classification
    proposal: Proposal | None = Field(description="what a trained model made of it, with the words that decided")
    to_classify: bool = Field(description="a person has yet to say what it is about")
    assignment: Assignment
    due: LocalDate = Field(description="while the clock is stopped: what it was when it was stopped")
    due_at: Instant
    stops: tuple[StopView, ...] = Field(description="the last one has no `completed_on` while the clock is stopped")
    extension: Extension | None
    withdrawn: Withdrawn | None
    transferred: Transferred | None
    requests: tuple[DocumentsRequest, ...]
    deliveries: tuple[DocumentsDelivery, ...]
    proposals: tuple[ProposedDelivery, ...] = Field(description="what responders sent by mail, taken or not")
    draft: Draft | None = Field(description="the answer as it is being written, in its latest revision")
    answer_needs: tuple[str, ...] = Field(description="what the answer needs before it goes out (CNF-09)")
    partials: tuple[Answer, ...] = Field(description="parts of the answer that were sent")
    clarification: Clarification | None = Field(description="the person was asked to make the request clear")
    rejected: Rejected | None
    ombudsman: tuple[OmbudsmanView, ...] = Field(description="what the ombudsman asked about it (ICX-08)")
    answers: tuple[Answer, ...]
    answered: Answered | None
    closed: Closed | None
    task: Task | None
    version: int = Field(description="grows with what happens to it; also the ETag, for If-Match")
    links: tuple[LinkView, ...]

    @classmethod
    def of(
        cls, case: Case, messages: Sequence[Mapping[str, Any]], links: Sequence[Mapping[str, Any]] = ()
    ) -> "CaseView":
        about, assignment, deadline = handled(case)
        own = {name: getattr(case, name) for name in cls.model_fields if name in Case.model_fields}
        return cls(
            **{
                **own,
                "allowed": allowed(case),
                "messages": tuple(Message.model_validate(one) for one in messages),
                "classification": about,
                "assignment": assignment,
                "due": deadline.due,
                "due_at": deadline.due_at,
                "stops": tuple(StopView.of(one) for one in case.stops),
                "ombudsman": tuple(OmbudsmanView.of(one) for one in case.ombudsman),
                "task": task_of(case),
                "links": tuple(LinkView.of(one, case.id) for one in links),
            }
        )
