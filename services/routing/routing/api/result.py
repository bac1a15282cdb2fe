# SPDX-License-Identifier: Apache-2.0
"""What a command came to."""

from pydantic import Field

from routing.shown.summary import View
from ventanilla_contracts.envelope import LocalDate
from ventanilla_contracts.vocabulary import (
    AnswerDelivery,
    CaseStatus,
)


class CommandResult(View):
    """What a command came to; the fields that are not of this command are left out."""

    case_number: str
    status: CaseStatus
    responder: str | None = Field(None, description="of an assignment: staff id")
    due: LocalDate | None = Field(None, description="until when the case must be answered now")
    until: LocalDate | None = Field(None, description="of a stop: until when the person can complete the request")
    in_time: bool | None = Field(None, description="of a transfer: within its five days")
    request_id: str | None = Field(None, description="of a request for documents: its id, for the delivery")
    request_ids: tuple[str, ...] | None = Field(None, description="of a request for documents: one for each responder")
    revision: int | None = Field(None, description="of a draft: the revision that holds now")
    answer_id: str | None = Field(None, description="of an answer")
    delivery: AnswerDelivery | None = Field(None, description="of an answer: the way by which it goes")
