# SPDX-License-Identifier: Apache-2.0
"""What is watched over beside the term: documents that were asked for (CNF-10), what was to be made clear, and what
the ombudsman waits for (ICX-08).

Each request has its own reminder and its own end, and tells each once; none of them while the case is over. They run on
while the term stands still: the house goes on working.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from routing.domain.answering.ombudsman_watching import is_of_ombudsman, on_ombudsman_watch, watch_ombudsman
from routing.domain.answering.records import DocumentsRequest
from routing.domain.handling import Handling
from routing.domain.policy import ROUTING, Policy
from ventanilla_contracts.routing import DocumentsApproaching, DocumentsOverdue

REMINDER, OVERDUE, CLARIFICATION = "documents-reminder/", "documents-overdue/", "clarification"
JUST_AFTER = timedelta(milliseconds=1)


def is_watched(timer: str) -> bool:
    return timer.startswith((REMINDER, OVERDUE, CLARIFICATION)) or is_of_ombudsman(timer)


def watch(handling: Handling, policy: Policy) -> None:
    """Set, or set again, the timers of everything that is still waited for."""
    for request in handling.case.requests:
        if request.pending:
            for name, due in _moments(request, policy):
                handling.set_timer(name, due)
    watch_ombudsman(handling, policy)
    asked = handling.case.clarification
    if asked is not None and asked.replied_at is None and not asked.over:
        handling.set_timer(CLARIFICATION, asked.until_at + JUST_AFTER)


def _moments(request: DocumentsRequest, policy: Policy) -> Iterator[tuple[str, datetime]]:
    """No reminder where it would go out together with the request."""
    remind_at = policy.calendar.reminder_at(request.due, policy.reminder_days)
    if not request.reminded and remind_at > request.asked_at:
        yield REMINDER + request.id, remind_at
    if not request.overdue:
        yield OVERDUE + request.id, policy.calendar.end_of_day_utc(request.due) + JUST_AFTER


def on_watch(handling: Handling, policy: Policy, timer: str) -> None:
    """One of them is due; what was delivered or dropped meanwhile is told to nobody."""
    if not handling.case.open:
        return
    if is_of_ombudsman(timer):
        on_ombudsman_watch(handling, policy, timer)
        return
    if timer == CLARIFICATION:
        _silent(handling)
        return
    request = next((one for one in handling.case.requests if timer.endswith(f"/{one.id}")), None)
    if request is None or not request.pending:
        return
    if timer.startswith(REMINDER):
        _remind(handling, policy, request)
    else:
        _overdue(handling, request)


def _remind(handling: Handling, policy: Policy, request: DocumentsRequest) -> None:
    """Never when the day has passed already."""
    if request.reminded or request.overdue or handling.now > policy.calendar.end_of_day_utc(request.due):
        return
    left = policy.calendar.business_days_left(policy.calendar.local_date(handling.now), request.due)
    said = DocumentsApproaching(
        actor=ROUTING,
        request_id=request.id,
        responder=request.responder,
        due=request.due,
        business_days_left=left,
    )
    handling.say(said, requests=_changed(handling, request, reminded=True))


def _overdue(handling: Handling, request: DocumentsRequest) -> None:
    if request.overdue:
        return
    asked_by = request.asked_by
    said = DocumentsOverdue(
        actor=ROUTING,
        request_id=request.id,
        responder=request.responder,
        copies=(asked_by,) if asked_by and asked_by != request.responder else (),
        due=request.due,
    )
    handling.say(said, requests=_changed(handling, request, overdue=True))


def _silent(handling: Handling) -> None:
    asked = handling.case.clarification
    if asked is not None and asked.replied_at is None:
        handling.change(clarification=asked.model_copy(update={"over": True}))


def _changed(handling: Handling, request: DocumentsRequest, **fields: bool) -> tuple[DocumentsRequest, ...]:
    changed = request.model_copy(update=fields)
    return tuple(changed if one.id == request.id else one for one in handling.case.requests)
