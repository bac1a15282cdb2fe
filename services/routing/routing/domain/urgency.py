# SPDX-License-Identifier: Apache-2.0
"""How much time a case has left, for people who decide what to do first."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from routing.domain.case import Case
from routing.domain.clock.calendar import ONE_DAY, ONE_MILLISECOND, Calendar
from routing.domain.clock.records import ClockStop
from ventanilla_contracts.envelope import Frozen

SOON = 2
"""Business days left from which a case is urgent; the reminder's default (CNF-04)."""


UrgencyWord = Literal["overdue", "today", "soon", "in-time", "stopped", "answered"]
RUNNING: tuple[UrgencyWord, ...] = ("overdue", "today", "soon", "in-time")
"""Those of a case whose clock runs."""


class Urgency(Frozen):
    """``days``: business days left, or passed since the due date where it is overdue; those that the person has to
    complete the request while the clock is stopped.
    """

    word: UrgencyWord
    days: int = 0


def urgency_of(case: Case, now: datetime, calendar: Calendar) -> Urgency:
    """As of now; an answered case has none."""
    if not case.open or case.deadline is None:
        return Urgency(word="answered")
    if case.stop is not None:
        left = calendar.business_days_left(calendar.local_date(now), case.stop.until)
        return Urgency(word="stopped", days=left)
    today, due = calendar.local_date(now), case.deadline.due
    if now > case.deadline.due_at:
        return Urgency(word="overdue", days=calendar.business_days_left(due, today))
    if today == due:
        return Urgency(word="today")
    days = calendar.business_days_left(today, due)
    return Urgency(word="soon" if days <= SOON else "in-time", days=days)


class DueSpan(Frozen):
    """Due after the one instant, up to and with the other; None: however early or late."""

    after: datetime | None
    until: datetime | None


def due_spans(now: datetime, calendar: Calendar) -> Mapping[UrgencyWord, DueSpan]:
    """When a case whose clock runs is due that has this urgency now: ``urgency_of`` the other way round."""
    today, passed = calendar.local_date(now), now - ONE_MILLISECOND
    tonight = calendar.end_of_day_utc(today)
    soon = calendar.end_of_day_utc(calendar.business_days_after(today, SOON + 1) - ONE_DAY)
    edges = (None, passed, tonight, soon, None)
    return {word: DueSpan(after=edges[n], until=edges[n + 1]) for n, word in enumerate(RUNNING)}


Task = Literal[
    "person-replied",
    "not-asked",
    "answer-failed",
    "answer-unknown",
    "ombudsman-letter-failed",
    "partial-answer-failed",
    "to-be-reviewed",
    "draft-returned",
    "draft-reviewed",
    "clarified",
    "not-clarified",
    "documents-overdue",
    "delivery-proposed",
    "to-be-classified",
    "documents-delivered",
]


_IN_DOUBT: Mapping[str, Task] = {"failed": "answer-failed", "unknown": "answer-unknown"}
_REVIEWED: Mapping[str, Task] = {
    "asked": "to-be-reviewed",
    "returned": "draft-returned",
    "passed": "draft-reviewed",
}


def task_of(case: Case) -> Task | None:
    """What somebody has to do about an open case beyond answering it in time; of one that is over, only what did not
    reach the ombudsman (ICX-08).
    """
    if (owed := _while_open(case) if case.open else None) is not None:
        return owed
    return "ombudsman-letter-failed" if any(one.letter in _IN_DOUBT for one in case.ombudsman) else None


def _while_open(case: Case) -> Task | None:
    if case.stop is not None and (waits := _stopped_for(case.stop)) is not None:
        return waits
    if (answering := _of_answering(case)) is not None:
        return answering
    if any(not proposal.taken for proposal in case.proposals):
        return "delivery-proposed"
    if case.to_classify:
        return "to-be-classified"
    if any(request.overdue and request.pending for request in case.requests):
        return "documents-overdue"
    return "documents-delivered" if case.deliveries and case.answer is None else None


def _of_answering(case: Case) -> Task | None:
    """An answer that did not arrive, a draft that somebody waits for, or what was to be made clear (CPACA art. 19)."""
    draft, asked = case.draft, case.clarification
    if case.answer is not None and case.answer.outcome in _IN_DOUBT:
        return _IN_DOUBT[case.answer.outcome]
    if draft is not None and draft.review in _REVIEWED:
        return _REVIEWED[draft.review]
    if any(part.outcome in ("failed", "unknown") for part in case.partials[-1:]):
        return "partial-answer-failed"
    if asked is not None and asked.replied_at is not None:
        return "clarified"
    return "not-clarified" if asked is not None and asked.over else None


def _stopped_for(stop: ClockStop) -> Task | None:
    """Whether it is complete now, or how else the person could be asked."""
    if stop.replied_at is not None:
        return "person-replied"
    return "not-asked" if stop.undelivered is not None else None
