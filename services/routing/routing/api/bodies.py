# SPDX-License-Identifier: Apache-2.0
"""What the API takes."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StringConstraints

from chassis.web.written import TYPED, Day
from routing.domain.classifying.file import FilingTerm
from routing.domain.clock.stops import Stop
from ventanilla_contracts.envelope import FileRef, Frozen, Instant, ShortText
from ventanilla_contracts.routing import PlannedAction
from ventanilla_contracts.vocabulary import Kind, Priority, Term, WithdrawalReason

LONGEST_TEXT = 40_000
"""Characters; so many of three bytes still fit into an event."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT), TYPED]
MOST_FILES = 50
Files = Annotated[tuple[FileRef, ...], Field(max_length=MOST_FILES, description="as POST /v1/files answered them")]


class ClassifyBody(Frozen):
    """A correction: what is left out stays as it is."""

    area: str | None = None
    attribute: str | None = None
    regulator_category: str | None = None
    kind: Kind | None = None
    term: FilingTerm | None = None
    priority: Priority | None = None
    legal_support: StrictBool | None = None


class AssignBody(Frozen):
    responder: str = Field(description="staff id")
    observation: Annotated[ShortText, TYPED] | None = None


Plan = Annotated[tuple[PlannedAction, ...], Field(max_length=30, description="what is done, by whom, until when")]


class AskedOfBody(Frozen):
    """One responder more, with a day of their own."""

    responder: str = Field(description="staff id")
    due: Day


class RequestDocumentsBody(Frozen):
    """``files`` left out: the person's own file goes along (CNF-10)."""

    due: Day = Field(description="until when the documents are asked for")
    text: Text
    responder: str | None = Field(None, description="staff id; left out: the case's responder")
    files: Files | None = None
    others: Annotated[tuple[AskedOfBody, ...], Field(max_length=20, description="who else is asked the same")] = ()


class DeliverDocumentsBody(Frozen):
    text: Text = Field(description="what was found")
    request_id: str | None = None
    files: Files = ()
    plan: Plan = ()


class TakeDeliveryBody(Frozen):
    submission_id: str = Field(max_length=64, description="the proposed delivery, as the case shows it")
    request_id: str | None = Field(
        None, max_length=64, description="the request that it answers; none: all that its sender was asked"
    )


class AnswerBody(Frozen):
    text: Text
    files: Files = ()
    delivery: Literal["handed-over"] | None = Field(None, description="say it when the person has the answer already")
    partial: StrictBool = Field(False, description="a part of the answer: more is owed, and the term runs on")


class StopClockBody(Frozen):
    text: Text = Field(description="what is missing, in words for the person")


class ResumeClockBody(Frozen):
    completed_on: Day | None = Field(
        None, description="since when the request is complete; left out: since the person's last message, else today"
    )


class ExtendBody(Frozen):
    due: Day = Field(description="until when the answer will be there, at most double the term")
    text: Text = Field(description="why it takes longer, in words for the person")


class WithdrawBody(Frozen):
    reason: WithdrawalReason
    text: Text = Field(description="the reasons, in words for the person")


class TransferBody(Frozen):
    to_name: Annotated[ShortText, TYPED] = Field(min_length=1, description="the competent authority")
    to_email: Annotated[str, Field(max_length=254, pattern=r"^[^\s@]+@[^\s@]+\.[^\s@]+$")] | None = Field(
        None, description="where it gets the case by mail; left out: it goes by other means"
    )
    text: Text = Field(description="why it is competent, in words for the person")


class ComputeBody(Frozen):
    """What a legal term would be (design 6)."""

    term: Term
    received_at: Instant
    policy: Literal["receipt", "next-business-day"] = "receipt"
    stops: Annotated[tuple[Stop, ...], Field(max_length=100)] = ()
    on_completion: Literal["resume", "restart"] = "resume"
    extended: StrictBool = False
