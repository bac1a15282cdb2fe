# SPDX-License-Identifier: Apache-2.0
"""The clock of a case: stops, and its deadline with every day."""

from pydantic import Field

from routing.domain.case import Case
from routing.domain.clock.explaining import explained
from routing.domain.clock.records import CaseDeadline, ClockStop
from routing.shown.promise import HousePromiseView
from routing.shown.summary import View, handled
from routing.wording import Wording
from ventanilla_contracts.envelope import Actor, Instant, LocalDate

UNSURE_WHILE_STOPPED = frozenset({"due", "due_at", "trace"})


class StopView(View):
    """The person was asked to complete the request (ICX-04)."""

    since: LocalDate = Field(description="the day of the letter, which still counts")
    until: LocalDate = Field(description="until when the person can complete it")
    text: str = Field(description="what is missing")
    by: Actor
    asked_at: Instant
    days_left: int = Field(description="business days of the term that are left once it is complete")
    extended: bool = Field(description="the person had as long again")
    replied_at: Instant | None = Field(description="when the last thing was received that they said in that time")
    undelivered: str | None = Field(description="why the letter did not reach them")
    completed_on: LocalDate | None = Field(description="null while the clock stands still")

    @classmethod
    def of(cls, stop: ClockStop) -> "StopView":
        return cls(**{name: getattr(stop, name) for name in cls.model_fields})


class ExplainedDay(View):
    """One day of a term, with the reason's code and its words."""

    date: LocalDate
    counted: bool
    reason: str
    words: str


class DeadlineView(View):
    """Until when, and why.

    While the clock is stopped there is no `due`, and `trace` goes as far as the term was counted.
    """

    case_number: str
    due: LocalDate | None
    due_at: Instant | None
    stopped_until: LocalDate | None
    days_left: int | None = Field(description="while the clock is stopped: business days of the term still to come")
    term: str
    anchor: LocalDate
    rule: str
    source: str
    calendar_version: str
    terms_version: str | None
    because: str
    in_words: str
    trace: tuple[ExplainedDay, ...]
    promise: HousePromiseView | None = Field(description="what the house promises beside it (ICX-09)")

    @classmethod
    def of(cls, case: Case, wording: Wording, locale: str) -> "DeadlineView":
        deadline = handled(case)[2]
        words = wording.deadline(locale)
        stop = case.stop
        shown = deadline if stop is None else deadline.model_copy(update={"trace": stop.counted})
        trace = tuple(ExplainedDay(**day.model_dump(), words=words.reason(day.reason)) for day in shown.trace)
        own = {name: getattr(deadline, name) for name in CaseDeadline.model_fields if name not in UNSURE_WHILE_STOPPED}
        return cls(
            case_number=case.case_number,
            due=None if stop else deadline.due,
            due_at=None if stop else deadline.due_at,
            stopped_until=stop.until if stop else None,
            days_left=stop.days_left if stop else None,
            in_words=explained(shown, words),
            trace=trace,
            promise=HousePromiseView.of(case, wording, locale),
            **own,
        )
