# SPDX-License-Identifier: Apache-2.0
"""What the doors show of the follow-up: rows, and the same as a file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from pydantic import Field

from chassis.clock import Clock
from chassis.spreadsheet import spreadsheet
from routing.domain.answering.ombudsman_follow_up import AskedOfCase, Outcome, follow_up
from routing.domain.answering.ombudsman_records import OmbudsmanDecision, Widening
from routing.domain.clock.calendar import Calendar
from routing.shown.summary import View
from ventanilla_contracts.envelope import LocalDate

Texts = Callable[[str], str]
COLUMNS = (
    "case-number",
    "reference",
    "received-on",
    "due",
    "widened-to",
    "widened-why",
    "answered-on",
    "outcome",
    "business-days",
    "decision",
    "decided-on",
)


class FollowedUpView(View):
    """One request of the ombudsman."""

    case_number: str
    reference: str = Field(description="the ombudsman's own")
    received_on: LocalDate
    due: LocalDate = Field(description="the last day to answer, before they gave more time")
    widened: tuple[Widening, ...] = Field(description="how often they gave more time, until when and why")
    last_day: LocalDate = Field(description="the last day to answer, with the time that they gave")
    answered_on: LocalDate | None
    outcome: Outcome = Field(description="waiting and overdue: there is no answer yet")
    business_days: int | None = Field(description="from the day after the receipt through the answer")
    decision: OmbudsmanDecision | None


class FollowUpView(View):
    """What was received in the period, both days included."""

    first: LocalDate
    last: LocalDate
    items: tuple[FollowedUpView, ...]


class Asking(Protocol):
    async def asked(self, first: date, last: date) -> Sequence[AskedOfCase]: ...


@dataclass(frozen=True)
class FollowUpDesk:
    """``calendar`` counts the days that an answer took."""

    store: Asking
    calendar: Calendar
    clock: Clock

    def today(self) -> date:
        return self.calendar.local_date(self.clock.now())

    async def rows(self, first: date, last: date) -> FollowUpView:
        found = follow_up(await self.store.asked(first, last), first, last, self.calendar, self.clock.now())
        items = tuple(FollowedUpView.model_validate(dict(one)) for one in found)
        return FollowUpView(first=first, last=last, items=items)


def as_csv(shown: FollowUpView, texts: Texts) -> str:
    """A header, then a line for each request; days as ISO 8601, which every spreadsheet sorts."""
    return spreadsheet([[texts(f"follow-up.{name}") for name in COLUMNS], *(_line(one, texts) for one in shown.items)])


def _line(one: FollowedUpView, texts: Texts) -> list[object]:
    decision = one.decision
    return [
        one.case_number,
        one.reference,
        one.received_on,
        one.due,
        one.last_day if one.widened else "",
        "\n".join(wider.text for wider in one.widened),
        one.answered_on or "",
        texts(f"follow-up.outcomes.{one.outcome}"),
        "" if one.business_days is None else one.business_days,
        texts(f"ombudsman.favours.{decision.favour}") if decision else "",
        decision.decided_on if decision else "",
    ]
