# SPDX-License-Identifier: Apache-2.0
"""A case as routing keeps it: what was filed, who has it, until when, what was done, and where it stands."""

from datetime import datetime

from pydantic import Field

from routing.domain.answering.ombudsman_records import OmbudsmanRequest
from routing.domain.answering.records import (
    Answer,
    Answered,
    Clarification,
    DocumentsDelivery,
    DocumentsRequest,
    Draft,
    ProposedDelivery,
    Rejected,
)
from routing.domain.classifying.classification import Classification
from routing.domain.classifying.proposal import Proposal
from routing.domain.clock.records import CaseDeadline, ClockStop, Extension, HousePromise
from routing.domain.endings import Closed, Transferred, Withdrawn
from routing.domain.matrix.matrix import Assignment
from routing.domain.matrix.told import ToldLevel
from ventanilla_contracts.envelope import Actor, FileRef, Frozen, Instant
from ventanilla_contracts.intake import CaseFiled, Emergency, Membership, Person, Product, RegulatorRequest, Tutela
from ventanilla_contracts.vocabulary import (
    Authenticated,
    CaseStatus,
    Channel,
    CloseReason,
    Kind,
)

FIRST, SECOND, THIRD, LAST, STOPPED = PLACES = (0, 1, 2, 3, 4)
"""Places in the queue (domain.queue)."""


class Happening(Frozen):
    """One line of a case's history: who did what and when; ``facts`` fill its words."""

    at: Instant
    actor: Actor
    what: str
    facts: dict[str, str] = Field(default_factory=dict)


class Case(Frozen):
    """The whole state. ``open``: an answer is still owed; ``timers``: names of those that are set.

    ``authenticated``: of a mail, whether it is from whom it says; ``spoken_with``: somebody called the person about the
    answer and reached them (CNF-12). ``calm``: what it would be about if it could wait, where it cannot; ``place``: in
    the queue, before its due date counts; ``reopened_by``: when the message was received that opened a closed case
    again, so that its term counts from there; ``counted_by``: the terms and calendar that the deadline was computed by;
    ``proposal``: what a model made of it when it was filed; ``to_classify``: a person has yet to say what it is about;
    ``task``: what somebody has to do about it beyond answering in time; ``version``: how many lines its history has;
    ``drafts``: how many revisions were ever written; ``to_review``: one waits for the legal team; ``answer_needs``:
    what an answer needs before it goes out, by the rules that hold now; ``partials``: parts that were sent;
    ``by_ombudsman``: the ombudsman ever asked about it, all that they asked is in ``ombudsman``.
    """

    id: str
    case_number: str
    status: CaseStatus = "filed"
    open: bool = True
    channel: Channel
    received_at: Instant
    registered_at: Instant
    anonymous: bool = False
    authenticated: Authenticated | None = None
    kind_stated: Kind | None = None
    area_stated: str | None = None
    service_point: str | None = None
    municipality: str | None = None
    segment: str | None = None
    regulator: RegulatorRequest | None = None
    emergency: Emergency | None = None
    tutela: Tutela | None = None
    product_reference: str | None = None
    product: Product | None = None
    membership: Membership | None = None
    person: Person = Person()
    subject: str = ""
    text: str = ""
    full_text: FileRef | None = None
    files: tuple[FileRef, ...] = ()
    messages: int = 0
    classification: Classification | None = None
    calm: Classification | None = None
    proposal: Proposal | None = None
    to_classify: bool = False
    place: int = LAST
    task: str | None = None
    assignment: Assignment | None = None
    assigned_at: Instant | None = None
    matrix_number: int = 0
    deadline: CaseDeadline | None = None
    counted_by: str = ""
    stops: tuple[ClockStop, ...] = ()
    extension: Extension | None = None
    promise: HousePromise | None = None
    withdrawn: Withdrawn | None = None
    transferred: Transferred | None = None
    timers: tuple[str, ...] = ()
    reminded: bool = False
    missed: bool = False
    escalated: tuple[int, ...] = ()
    told: tuple[ToldLevel, ...] = ()
    requests: tuple[DocumentsRequest, ...] = ()
    deliveries: tuple[DocumentsDelivery, ...] = ()
    proposals: tuple[ProposedDelivery, ...] = ()
    draft: Draft | None = None
    drafts: int = 0
    to_review: bool = False
    answer_needs: tuple[str, ...] = ()
    partials: tuple[Answer, ...] = ()
    clarification: Clarification | None = None
    rejected: Rejected | None = None
    ombudsman: tuple[OmbudsmanRequest, ...] = ()
    by_ombudsman: bool = False
    answers: tuple[Answer, ...] = ()
    answered: Answered | None = None
    check_ended: CloseReason | None = None
    spoken_with: bool = False
    closed: Closed | None = None
    reopened_by: Instant | None = None
    reopenings: int = 0
    history: tuple[Happening, ...] = ()
    version: int = 0

    @classmethod
    def filed(cls, case_id: str, event: CaseFiled) -> "Case":
        """The case as intake told of it, before anything was decided."""
        return cls(
            id=case_id,
            case_number=event.case_number,
            channel=event.channel,
            received_at=event.received_at,
            registered_at=event.registered_at,
            anonymous=event.anonymous,
            authenticated=event.authenticated,
            kind_stated=event.kind_stated,
            area_stated=event.area_stated,
            service_point=event.service_point,
            municipality=event.municipality,
            segment=event.segment,
            regulator=event.regulator,
            emergency=event.emergency,
            tutela=event.tutela,
            product_reference=event.product_reference,
            product=event.product,
            membership=event.membership,
            person=event.personal.person,
            subject=event.personal.subject,
            text=event.personal.text,
            full_text=event.full_text,
            files=event.files,
        )

    @property
    def has_ordered_term(self) -> bool:
        """Whether a judge or a regulator said until when."""
        regulator = self.regulator
        return self.tutela is not None or (regulator is not None and bool(regulator.due or regulator.business_days))

    @property
    def stop(self) -> ClockStop | None:
        """The stop under way: the term stands still (ICX-04)."""
        last = self.stops[-1] if self.open and self.stops else None
        return last if last is not None and last.completed_on is None else None

    @property
    def counts_from(self) -> datetime:
        """The receipt of what is to be answered."""
        return self.reopened_by or self.received_at

    @property
    def ombudsman_waits(self) -> OmbudsmanRequest | None:
        """What the ombudsman asked and waits for, first what is due first (ICX-08)."""
        waiting = [one for one in self.ombudsman if one.answer_id is None]
        return min(waiting, key=lambda one: one.due_at, default=None)

    @property
    def open_for_ombudsman(self) -> bool:
        """It was over when the ombudsman asked: no term of the person's runs beside theirs."""
        return self.reopened_by is not None and any(one.reopened_by == self.reopened_by for one in self.ombudsman)

    @property
    def answer(self) -> Answer | None:
        """The latest answer, whatever became of it."""
        return self.answers[-1] if self.answers else None

    @property
    def answer_on_its_way(self) -> bool:
        return self.open and self.answer is not None and self.answer.outcome == "on-its-way"

    @property
    def from_regulator(self) -> bool:
        """Whether a supervisory authority asks (CNF-03)."""
        return self.regulator is not None or self.channel == "regulator"
