# SPDX-License-Identifier: Apache-2.0
"""What the person sees of an answer that comes in parts, or of a request that is not answered (CPACA art. 19)."""

from chassis.decision import Received
from intake.domain.case import Progress, Step
from intake.domain.steps import with_step
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.routing import CaseRejected, ClarificationRequested, PartialAnswerApproved


def by_the_answer(progress: Progress, received: Received[Event]) -> Progress | None:
    """None where the event is not about it.

    What goes by mail is read there; a part for who has no address is read here, as the whole answer would be.
    """
    match received.event:
        case PartialAnswerApproved() as event:
            said = event.personal.text if event.delivery == "published" else None
            return with_step(progress, Step(code="partial-answer", at=received.time, said=said))
        case ClarificationRequested() as event:
            return with_step(
                progress, Step(code="unclear", at=received.time, due=event.until, said=event.personal.text)
            )
        case CaseRejected() as event:
            ended = progress.model_copy(update={"status": "rejected", "asked": None})
            return with_step(ended, Step(code="rejected", at=received.time, said=event.personal.text))
    return None
