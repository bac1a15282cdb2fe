# SPDX-License-Identifier: Apache-2.0
"""What people ask routing to do with a case. Ids are handed in, so that the rules stay pure."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from routing.domain.answering.commands import AnsweringCommand, OmbudsmanCommand
from routing.domain.classifying.file import FilingTerm
from ventanilla_contracts.envelope import Actor, FileRef
from ventanilla_contracts.routing import PlannedAction
from ventanilla_contracts.vocabulary import Kind, Priority, WithdrawalReason


@dataclass(frozen=True, slots=True)
class Classify:
    """A person's correction (CNF-06); what is None stays as it is."""

    actor: Actor
    area: str | None = None
    attribute: str | None = None
    regulator_category: str | None = None
    kind: Kind | None = None
    term: FilingTerm | None = None
    priority: Priority | None = None
    legal_support: bool | None = None


@dataclass(frozen=True, slots=True)
class Assign:
    """Give the case to another responder (CNF-07)."""

    actor: Actor
    responder: str
    observation: str | None = None


@dataclass(frozen=True, slots=True)
class AskedOf:
    """One of several who are asked for documents; ``due`` is their own day."""

    request_id: str
    responder: str
    due: date


@dataclass(frozen=True, slots=True)
class RequestDocuments:
    """Ask a responder (None: the case's), and ``others``, for documents, with the person's file unless files are named
    (CNF-10)."""

    actor: Actor
    request_id: str
    due: date
    text: str
    responder: str | None = None
    files: tuple[FileRef, ...] | None = None
    others: tuple[AskedOf, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliverDocuments:
    """A responder returns documents and an action plan (CNF-10)."""

    actor: Actor
    text: str
    request_id: str | None = None
    files: tuple[FileRef, ...] = ()
    plan: tuple[PlannedAction, ...] = ()


@dataclass(frozen=True, slots=True)
class TakeDelivery:
    """What a responder sent by mail is the delivery of a request (None: of all that they were asked)."""

    actor: Actor
    proposal_id: str
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerPerson:
    """Answer the person; how it goes follows from the case, unless it was handed over. ``partial``: more is owed."""

    actor: Actor
    answer_id: str
    text: str
    files: tuple[FileRef, ...] = ()
    delivery: Literal["handed-over"] | None = None
    partial: bool = False


@dataclass(frozen=True, slots=True)
class StopClock:
    """Ask the person to complete the request; ``text`` says what is missing (ICX-04)."""

    actor: Actor
    text: str


@dataclass(frozen=True, slots=True)
class ExtendStop:
    """The person asked for more time to complete it: once, for as long again."""

    actor: Actor


@dataclass(frozen=True, slots=True)
class ResumeClock:
    """The request is complete since that local date (None: since the person's last message, else today)."""

    actor: Actor
    completed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Extend:
    """The answer takes until then, for these reasons (ICX-03)."""

    actor: Actor
    due: date
    text: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """End the case without an answer, for these reasons (CPACA arts. 17, 18)."""

    actor: Actor
    reason: WithdrawalReason
    text: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """Another authority is competent, for these reasons (CPACA art. 21)."""

    actor: Actor
    to_name: str
    text: str
    to_email: str | None = None


@dataclass(frozen=True, slots=True)
class CountAgain:
    """The terms or the calendar changed: compute the deadline by those that ``by`` names."""

    by: str


@dataclass(frozen=True, slots=True)
class TakeMatrix:
    """A version of the escalation matrix holds for open cases too: take it, if the case goes by an earlier one."""

    number: int


ClockCommand = StopClock | ExtendStop | ResumeClock | Extend | Withdraw | Transfer
Command = (
    Classify
    | Assign
    | RequestDocuments
    | DeliverDocuments
    | TakeDelivery
    | AnswerPerson
    | AnsweringCommand
    | OmbudsmanCommand
    | ClockCommand
)
