# SPDX-License-Identifier: Apache-2.0
"""What is kept of a case to count it: where it belongs and what was counted of it; nothing personal."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Literal

from chassis.decision import Add
from ventanilla_contracts.envelope import Frozen, Instant, LocalDate
from ventanilla_contracts.vocabulary import Channel, Kind

CASE_SUMS = "case_sums"
FOREVER = date.max

Measure = Literal[
    "received",
    "answered",
    "answered_in_time",
    "closed",
    "withdrawn",
    "transferred",
    "rejected",
    "answered_in_part",
    "documents_overdue",
    "ombudsman_asked",
    "ombudsman_answered",
    "ombudsman_in_time",
    "ombudsman_for_person",
    "ombudsman_partly",
    "ombudsman_for_organisation",
    "reminded",
    "missed",
    "escalated",
    "first_response_kept",
    "first_response_missed",
    "resolution_kept",
    "resolution_missed",
    "deliveries_sent",
    "deliveries_failed",
    "deliveries_unknown",
    "checks_scheduled",
    "checks_waived",
    "calls",
    "satisfied",
    "not_satisfied",
    "not_contacted",
]
"""What is counted of cases, each on the local day on which it happened."""


class Tally(Frozen):
    """So many of a measure on a local day."""

    day: LocalDate
    measure: Measure
    count: int = 1


class Place(Frozen):
    """Where a case is counted; area and kind are None until routing has classified it."""

    channel: Channel
    service_point: str | None = None
    area: str | None = None
    area_name: str | None = None
    kind: Kind | None = None

    def cell(self, day: date) -> str:
        """The id of the sum of this place on a day; the area's name is only a label."""
        return json.dumps([day.isoformat(), self.channel, self.area, self.kind, self.service_point], ensure_ascii=False)


class Asked(Frozen):
    """The ombudsman asked about the case under that reference (ICX-08), and which answer they got on which day."""

    reference: str = ""
    due_at: Instant
    answer_id: str | None = None
    answered_on: LocalDate | None = None
    in_time: bool = False
    decided: bool = False


class CaseFact(Frozen):
    """One case. ``open_until`` and ``unanswered_until`` are the days of closing and answer, FOREVER until then."""

    case_number: str
    place: Place
    received_on: LocalDate
    due: LocalDate = FOREVER
    unanswered_until: LocalDate = FOREVER
    open_until: LocalDate = FOREVER
    ombudsman: tuple[Asked, ...] = ()
    tallies: tuple[Tally, ...] = ()

    def counted(self, new: Iterable[Tally]) -> "CaseFact":
        """With more counted; what happened twice on one day is one tally."""
        counts: dict[tuple[date, Measure], int] = {}
        for tally in (*self.tallies, *new):
            counts[tally.day, tally.measure] = counts.get((tally.day, tally.measure), 0) + tally.count
        tallies = tuple(Tally(day=day, measure=measure, count=count) for (day, measure), count in counts.items())
        return self.model_copy(update={"tallies": tallies})


def added(place: Place, tallies: Iterable[Tally], sign: Literal[1, -1] = 1) -> Iterator[Add]:
    """The sums that tallies of a place add to, or are taken from."""
    for day, of_day in groupby(sorted(tallies, key=lambda tally: tally.day), key=lambda tally: tally.day):
        amounts: dict[str, int] = {}
        for tally in of_day:
            amounts[tally.measure] = amounts.get(tally.measure, 0) + sign * tally.count
        labels = {"day": day.isoformat(), **place.model_dump()}
        yield Add(CASE_SUMS, place.cell(day), labels, amounts)
