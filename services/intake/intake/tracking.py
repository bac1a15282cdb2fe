# SPDX-License-Identifier: Apache-2.0
"""Tracking: whoever has number and code sees how far the case is (design 4)."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from fastapi import Request
from pydantic import BaseModel, Field

from chassis.clock import Clock
from chassis.ids import normalise_code
from chassis.web.door import door_of, locale_of
from chassis.web.problems import Problem
from chassis.web.throttle import Throttle
from intake.desk.membership_shown import MembershipShown, membership_shown
from intake.domain.adding import adding_refusal
from intake.domain.case import Case, Step
from intake.domain.numbers import parse_case_number
from intake.domain.remaining import Remaining, remaining
from intake.store import Cases
from ventanilla_contracts.envelope import LocalDate
from ventanilla_contracts.vocabulary import CaseStatus

_CLDR = {"es": "es_CO", "en": "en"}
_NO_CODE = "0000-0000-0000-0"


class StepShown(BaseModel):
    at: datetime
    code: str
    text: str
    said: str | None = Field(None, description="What the house wrote for the person: what is missing, or why")


class AskedShown(BaseModel):
    """What the person is asked to complete."""

    text: str
    since: LocalDate
    until: LocalDate


class CaseShown(BaseModel):
    """A case in plain words."""

    number: str
    status: CaseStatus
    status_text: str
    received_at: datetime
    registered_at: datetime
    due: LocalDate | None = Field(None, description="Until when the answer is due; null while the term stands still")
    asked: AskedShown | None = Field(None, description="While the term stands still: what is missing, until when")
    days_left: int | None = Field(None, description="Business days after today, through the due date; null if unknown")
    days_left_text: str | None = None
    area: str | None = None
    answered_at: datetime | None = None
    answer: str | None = None
    next: str = Field(description="What comes next")
    takes_messages: bool = Field(description="Whether the person can add something; not once it has ended")
    membership: MembershipShown | None = Field(None, description="Of a membership request: what is asked, and how far")
    timeline: list[StepShown]


@dataclass(frozen=True)
class Tracking:
    """Shows cases; guesses are counted, and end in 429."""

    cases: Cases
    throttle: Throttle
    clock: Clock
    zone: ZoneInfo

    async def opened(self, request: Request, number: str, code: str) -> tuple[str, Case]:
        """Case id and case. Raises Problem: 404 in the same words whether number or code is wrong, 429, 503."""
        address = address_of(request)
        user = f"{address} {number.strip().upper()[:40]}"
        if self.throttle.blocked(user, address):
            raise Problem(429, headers={"Retry-After": "900"})
        found = parse_case_number(number)
        filed = await self.cases.by_number(str(found)) if found else None
        if filed is None or not _opens(filed[1], code):
            self.throttle.failed(user, address)
            raise Problem(404, "case-not-found")
        return filed

    async def show(self, request: Request, number: str, code: str) -> CaseShown:
        """Raises as ``opened`` does."""
        _, case = await self.opened(request, number, code)
        return self._shown(request, case)

    def remaining(self, case: Case) -> Remaining | None:
        return remaining(case.progress, self.clock.now().astimezone(self.zone).date())

    def _shown(self, request: Request, case: Case) -> CaseShown:
        texts, locale, progress = door_of(request).catalogue, locale_of(request), case.progress
        left = self.remaining(case)
        asked = progress.asked if progress.status == "suspended" else None
        published = ".published" if progress.status == "answered" and progress.published_answer else ""
        return CaseShown(
            number=case.number,
            status=progress.status,
            status_text=texts.t(f"status.{progress.status}", locale),
            received_at=case.received_at,
            registered_at=case.registered_at,
            due=None if asked else progress.due,
            asked=AskedShown(**asked.model_dump()) if asked else None,
            days_left=left.days if left else None,
            days_left_text=texts.t(f"citizen.remaining.{left.code}", locale, days=left.days) if left else None,
            area=progress.area_name,
            answered_at=progress.answered_at,
            answer=progress.published_answer,
            next=texts.t(f"citizen.next{published}.{progress.status}", locale, area=progress.area_name or ""),
            takes_messages=adding_refusal(case) is None,
            membership=membership_shown(request, case.membership),
            timeline=[_step(request, step) for step in progress.steps],
        )


def address_of(request: Request) -> str:
    """Whose guesses and messages are counted together."""
    return request.client.host if request.client else ""


def _opens(case: Case, code: str) -> bool:
    return hmac.compare_digest((normalise_code(code) or _NO_CODE).encode(), case.tracking_code.encode())


def _step(request: Request, step: Step) -> StepShown:
    texts, locale = door_of(request).catalogue, locale_of(request)
    due = format_date(step.due, "long", locale=_CLDR[locale]) if step.due else ""
    text = texts.t(f"steps.{step.code}", locale, area=step.area or "", due=due)
    return StepShown(at=step.at, code=step.code, text=text, said=step.said)
