# SPDX-License-Identifier: Apache-2.0
"""Letters as the API shows them."""

from datetime import datetime

from pydantic import BaseModel, Field

from notifications.domain.letters import Letter, LetterState
from notifications.wording import Words
from ventanilla_contracts.envelope import FileRef
from ventanilla_contracts.vocabulary import LetterKind


class DeliveryShown(BaseModel):
    """One letter and what became of it."""

    id: str
    case_number: str
    kind: LetterKind
    state: LetterState = Field(description="failed, bounced, unknown and expired wait for a person: resend or confirm")
    to: list[str] = Field(description="E-mail addresses")
    reached: list[str] = Field(description="Those of them that a mail server has taken it for")
    message_id: str
    attempts: int
    reason: str | None = Field(description="Why it is not sent yet, or was refused")
    written_at: datetime
    settled_at: datetime | None = Field(description="When it came to this state; null while it waits")

    @classmethod
    def of(cls, letter: Letter) -> "DeliveryShown":
        return cls(
            id=letter.id,
            case_number=letter.case_number,
            kind=letter.kind,
            state=letter.state,
            to=[one.address for one in letter.to],
            reached=list(letter.reached),
            message_id=letter.message_id,
            attempts=letter.attempt,
            reason=letter.reason,
            written_at=letter.written_at,
            settled_at=letter.settled_at,
        )


class DeliveryPage(BaseModel):
    items: list[DeliveryShown]
    next: str | None = Field(description="Send it as `cursor` for the next page; null on the last")


class DeliveryDetail(DeliveryShown):
    """With its words, as they go out."""

    subject: str
    text: str
    html: str
    files: list[FileRef]

    @classmethod
    def with_words(cls, letter: Letter, words: Words) -> "DeliveryDetail":
        return cls(
            **DeliveryShown.of(letter).model_dump(),
            subject=words.subject,
            text=words.text,
            html=words.html,
            files=list(letter.files),
        )


class DeliveryState(BaseModel):
    """What a command made of a letter."""

    id: str
    state: LetterState
