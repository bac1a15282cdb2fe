# SPDX-License-Identifier: Apache-2.0
"""What a version of the matrix makes of a past case: who would have had it, and which levels would have been told."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from routing.domain.classifying.classification import Classification
from routing.domain.clock.calendar import Calendar
from routing.domain.clock.records import CaseDeadline, ClockStop
from routing.domain.matrix.due_times import due_time
from routing.domain.matrix.facts import facts_of_case
from routing.domain.matrix.matrix import EscalationMatrix
from ventanilla_contracts.envelope import Frozen, Instant
from ventanilla_contracts.intake import Product, RegulatorRequest, Tutela
from ventanilla_contracts.vocabulary import Channel


class End(BaseModel):
    """When a case was answered, or ended without an answer."""

    model_config = ConfigDict(frozen=True)

    at: Instant


class PastCase(BaseModel):
    """What is asked about a case that was, without anything that a person said."""

    model_config = ConfigDict(frozen=True)

    case_number: str
    channel: Channel
    received_at: Instant
    registered_at: Instant
    service_point: str | None = None
    municipality: str | None = None
    segment: str | None = None
    regulator: RegulatorRequest | None = None
    tutela: Tutela | None = None
    product: Product | None = None
    product_reference: str | None = None
    classification: Classification | None = None
    deadline: CaseDeadline | None = None
    stops: tuple[ClockStop, ...] = ()
    assigned_at: Instant | None = None
    reopened_by: Instant | None = None
    reopenings: int = 0
    answered: End | None = None
    withdrawn: End | None = None
    transferred: End | None = None
    closed: End | None = None

    @property
    def from_regulator(self) -> bool:
        """Whether a supervisory authority asks (CNF-03)."""
        return self.regulator is not None or self.channel == "regulator"

    @property
    def ended_at(self) -> datetime | None:
        """When levels were over; None for a case that is open."""
        ends = (self.answered, self.withdrawn, self.transferred, self.closed)
        return min((one.at for one in ends if one is not None), default=None)


class ForeseenLevel(Frozen):
    """A level that would have been told, and when."""

    level: int
    name: str
    at: Instant
    to: tuple[str, ...]


class Foreseen(Frozen):
    """Staff ids; levels in their order."""

    area: str
    responder: str
    copies: tuple[str, ...]
    levels: tuple[ForeseenLevel, ...]


def foreseen(case: PastCase, matrix: EscalationMatrix, calendar: Calendar, now: datetime) -> Foreseen:
    """By the facts of the case as they were at last, its deadline and its stops; levels until it ended, or now.

    Raises ValueError for a case that was not classified.
    """
    facts = facts_of_case(case)
    assignment = matrix.assign(facts, calendar.local_date(case.registered_at))
    until, told = case.ended_at or now, []
    for level in matrix.levels_for(facts):
        at = due_time(level, case, case.deadline, calendar) if case.deadline else None
        at = at or case.registered_at
        if at <= until:
            to = matrix.told_at(level, assignment.area, calendar.local_date(at))
            told.append(ForeseenLevel(level=level.level, name=level.name, at=at, to=tuple(one.id for one in to)))
    return Foreseen(
        area=assignment.area,
        responder=assignment.responder.id,
        copies=tuple(one.id for one in assignment.copies),
        levels=tuple(told),
    )
