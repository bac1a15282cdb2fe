# SPDX-License-Identifier: Apache-2.0
"""``/v1/track``: the state of a case for whoever has number and code, and what they add to it."""

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from chassis.web.asking import TAKES_IDEMPOTENCY_KEY
from intake.api.body import body_in_hand, documented, read_body
from intake.doors import Told
from intake.messages import Messages
from intake.tracking import CaseShown, Tracking
from ventanilla_contracts.envelope import LongText
from ventanilla_contracts.intake import MembershipDocument

PART = "message"


class TrackingQuestion(BaseModel):
    """What the acknowledgement gave to the person; case, spaces and hyphens do not matter."""

    model_config = ConfigDict(extra="forbid")

    number: str = Field(min_length=1, max_length=40, description="The case number")
    code: str = Field(min_length=1, max_length=40, description="The tracking code")


class TrackingMessage(TrackingQuestion):
    """What the person adds to the case; files may come without a text."""

    text: LongText = Field("", description="What they say")
    documents: tuple[MembershipDocument, ...] = Field(
        (), description="Of a membership request: which of the files is which of the documents that it awaits"
    )


def track_api(tracking: Tracking, messages: Messages) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["tracking"])

    @router.post("/track")
    async def track_case(request: Request, question: TrackingQuestion) -> CaseShown:
        """How far a case is, in plain words.

        For whoever has its number and code; nobody signs in. Guessing ends in 429, for 15 minutes.
        """
        return await tracking.show(request, question.number, question.code)

    @router.post(
        "/track/messages",
        status_code=202,
        openapi_extra={**documented(TrackingMessage, PART), "security": [{}]},
        dependencies=[Depends(body_in_hand), TAKES_IDEMPOTENCY_KEY],
    )
    async def add_message(request: Request) -> Told:
        """Add what was asked for, or more, to a case.

        For whoever has its number and code; nobody signs in. Files go beside it as multipart: the part `message` is
        this JSON, each part `files` a file. A case that has ended takes no more.
        """
        message, uploads = await read_body(request, TrackingMessage, PART)
        return await messages.add(
            request, message.number, message.code, message.text, uploads=uploads, documents=message.documents
        )

    return router
