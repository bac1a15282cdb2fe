# SPDX-License-Identifier: Apache-2.0
"""What a case remembers of its clock: until when and why, stops, extension."""

from typing import Literal

from ventanilla_contracts.envelope import Actor, Frozen, Instant, LocalDate
from ventanilla_contracts.routing import HoursOfDay, TraceDay
from ventanilla_contracts.vocabulary import StopWaitsStep, Term

Because = Literal[
    "filed",
    "reclassified",
    "ordered",
    "reopened",
    "resumed",
    "extended",
    "ombudsman-asked",
    "ombudsman-widened",
    "rules-changed",
]
"""Why a deadline was set."""


class CaseDeadline(Frozen):
    """Until when, and why: as the event deadline-set said it."""

    due: LocalDate
    due_at: Instant
    term: Term
    anchor: LocalDate
    rule: str
    source: str
    calendar_version: str
    terms_version: str | None = None
    because: Because
    trace: tuple[TraceDay, ...]


class ClockStop(Frozen):
    """The person was asked to complete the request (ICX-04): as the event clock-stopped said it, and what came of it.

    ``trace`` is of the time that the person has, ``counted`` of the term so far. ``replied_at``: when the last thing
    was received that they said in that time. ``undelivered``: why the letter did not reach them. ``waits_since``: when
    it began to wait for somebody of the house because of either, ``told`` who was told of that. ``completed_on`` is
    None while the clock stands still.
    """

    since: LocalDate
    until: LocalDate
    until_at: Instant
    days_left: int
    rule: str
    source: str
    calendar_version: str
    trace: tuple[TraceDay, ...]
    counted: tuple[TraceDay, ...]
    text: str
    by: Actor
    asked_at: Instant
    extended: bool = False
    replied_at: Instant | None = None
    undelivered: str | None = None
    waits_since: Instant | None = None
    told: tuple[StopWaitsStep, ...] = ()
    completed_on: LocalDate | None = None


class Extension(Frozen):
    """The person was told that the answer takes longer, until when and why (CPACA art. 14 par.)."""

    due: LocalDate
    latest: LocalDate
    business_days: int
    text: str
    by: Actor
    at: Instant


class Promise(Frozen):
    """So many business hours for one thing. ``due_at`` is None while the clock stands still; ``trace`` as far as known.

    ``kept_at``: when it was done in time; ``missed``: it was said that it was not.
    """

    hours: float
    due_at: Instant | None
    trace: tuple[HoursOfDay, ...]
    kept_at: Instant | None = None
    missed: bool = False

    @property
    def settled(self) -> bool:
        return self.missed or self.kept_at is not None


class HousePromise(Frozen):
    """What the house promises for the case beside its legal term (ICX-09), by which SLA of which version.

    ``since`` is the receipt that it counts from.
    """

    sla: str
    sla_name: str
    slas_version: str
    calendar_version: str
    since: Instant
    first_response: Promise | None = None
    resolution: Promise | None = None
