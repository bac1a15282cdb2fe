# SPDX-License-Identifier: Apache-2.0
"""What the person sees of the clock of their case: stopped, running again, extended, ended (ICX-03, ICX-04)."""

from chassis.decision import Received
from intake.domain.case import Asked, Progress, Step
from intake.domain.steps import with_step
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.routing import (
    CaseTransferred,
    CaseWithdrawn,
    ClockResumed,
    ClockStopExtended,
    ClockStopped,
    DeadlineExtended,
)


def by_the_clock(progress: Progress, received: Received[Event]) -> Progress | None:
    """None where the event is not about it."""
    match received.event:
        case ClockStopped() as event:
            asked = Asked(text=event.personal.text, since=event.since, until=event.until)
            step = Step(code="stopped", at=received.time, due=event.until, said=event.personal.text)
            return with_step(progress.model_copy(update={"status": "suspended", "asked": asked}), step)
        case ClockStopExtended() as event:
            later = progress.asked.model_copy(update={"until": event.until}) if progress.asked else None
            step = Step(code="stop-extended", at=received.time, due=event.until)
            return with_step(progress.model_copy(update={"asked": later}), step)
        case ClockResumed() as event:
            running = progress.model_copy(update={"status": "in-progress", "asked": None})
            return with_step(running, Step(code="resumed", at=received.time, due=event.completed_on))
        case DeadlineExtended() as event:
            return with_step(progress, Step(code="extended", at=received.time, due=event.due, said=event.personal.text))
        case _:
            return _ended(progress, received)


def _ended(progress: Progress, received: Received[Event]) -> Progress | None:
    match received.event:
        case CaseWithdrawn() as event:
            said = event.personal.text if event.personal else None
            step = Step(code="withdrawn", at=received.time, said=said)
            return with_step(progress.model_copy(update={"status": "withdrawn"}), step)
        case CaseTransferred() as event:
            step = Step(code="transferred", at=received.time, area=event.to_name, said=event.personal.text)
            return with_step(progress.model_copy(update={"status": "transferred"}), step)
    return None
