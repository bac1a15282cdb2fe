# SPDX-License-Identifier: Apache-2.0
"""What the API takes about an answer on its way."""

from typing import Annotated, Literal

from pydantic import Field, PositiveInt, StrictBool, model_validator

from chassis.web.written import TYPED, Day
from routing.api.bodies import Files, Text
from routing.shown.summary import View
from ventanilla_contracts.envelope import Actor, FileRef, Frozen, Instant, ShortText
from ventanilla_contracts.vocabulary import Favour, RejectionReason

Revision = Annotated[PositiveInt, Field(le=1_000_000, description="the one that was read")]


class DraftBody(Frozen):
    """``revision`` 0 where no draft was there."""

    revision: Annotated[int, Field(ge=0, le=1_000_000, description="the one that was read; 0: there was none")]
    text: Text
    files: Files = ()
    partial: StrictBool = Field(False, description="a part of the answer: more is owed, and the term runs on")
    delivery: Literal["handed-over"] | None = Field(None, description="say it where the person gets it in their hands")


class ReviewBody(Frozen):
    act: Literal["ask", "return", "pass"]
    revision: Revision
    text: Text | None = Field(None, description="the reasons of who returns it")

    @model_validator(mode="after")
    def _says_why(self) -> "ReviewBody":
        if self.act == "return" and self.text is None:
            raise ValueError("who returns a draft says why, in text")
        return self


class ApproveBody(Frozen):
    revision: Revision


class KeepCopyBody(Frozen):
    answer_id: Annotated[str, Field(max_length=64)] | None = Field(None, description="left out: the last one")
    files: Annotated[Files, Field(min_length=1)]


class AskClarificationBody(Frozen):
    text: Text = Field(description="what is not understood, in words for the person")


class RejectBody(Frozen):
    reason: RejectionReason
    text: Text = Field(description="the reasons, in words for the person")
    earlier_case_number: Annotated[str, Field(max_length=40)] | None = Field(
        None, description="of one that repeats what was answered: the case whose answer still holds"
    )


class MarkOmbudsmanBody(Frozen):
    reference: Annotated[ShortText, TYPED] = Field(min_length=1, max_length=100, description="the ombudsman's own")
    received_on: Day = Field(description="the local date on which the house got it")
    text: Text = Field(description="what the ombudsman asks")
    email: Annotated[str, Field(max_length=254, pattern=r"^[^\s@]+@[^\s@]+\.[^\s@]+$")] | None = Field(
        None, description="where the ombudsman gets the answer by mail, too; left out: it goes by other means"
    )


class WidenOmbudsmanBody(Frozen):
    reference: Annotated[ShortText, TYPED] = Field(min_length=1, max_length=100, description="of what they asked")
    due: Day = Field(description="the new last day: a business day after the present one")
    text: Text = Field(description="the ombudsman's reasons")


class OmbudsmanDecisionBody(Frozen):
    reference: Annotated[ShortText, TYPED] = Field(min_length=1, max_length=100, description="of what they asked")
    decided_on: Day = Field(description="the local date of the decision")
    favour: Favour = Field(description="in whose favour it is")
    text: Text = Field(description="what it says")
    files: Files = Field((), description="the decision itself")


class DraftView(View):
    """One revision of a draft."""

    revision: int
    at: Instant
    by: Actor
    text: str
    files: tuple[FileRef, ...] = ()
    partial: bool
    delivery: Literal["handed-over"] | None = None


class DraftList(View):
    items: tuple[DraftView, ...]
