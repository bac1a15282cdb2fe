# SPDX-License-Identifier: Apache-2.0
"""Letters of interruption: the clock is stopped while the person completes the request (CPACA art. 17, ICX-04)."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from pydantic import ConfigDict, Field

from routing.domain.clock.calendar import Calendar
from routing.domain.clock.invalid_input import InvalidInput
from ventanilla_contracts.envelope import Frozen, LocalDate


class Stop(Frozen):
    """``from``, the local date of the letter, still counts; the days after it through ``to``, when the request was
    complete, do not. ``to`` is None while the person is still awaited.
    """

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    from_: LocalDate = Field(alias="from")
    to: LocalDate | None = None


def first_problem_of(stops: Sequence[Stop], filed_on: date, calendar: Calendar) -> InvalidInput | None:
    """What makes the stops impossible: each by itself first, then each against the one ahead of it."""
    return next(_problems(stops, filed_on, calendar), None)


def outside_calendar(field: str, calendar: Calendar) -> InvalidInput:
    """A date in a year for which the house keeps no calendar."""
    years = {"first_year": str(calendar.data.first_year), "last_year": str(calendar.data.last_year)}
    return InvalidInput(field=field, code="outside-calendar", facts=years)


def _problems(stops: Sequence[Stop], filed_on: date, calendar: Calendar) -> Iterator[InvalidInput]:
    for n, stop in enumerate(stops):
        yield from _problems_alone(f"stops[{n}]", stop, filed_on, calendar)
    for n, (earlier, later) in enumerate(pairwise(stops), start=1):
        yield from _problems_together(f"stops[{n}].from", earlier, later)


def _problems_alone(name: str, stop: Stop, filed_on: date, calendar: Calendar) -> Iterator[InvalidInput]:
    if stop.from_ < filed_on:
        yield InvalidInput(field=f"{name}.from", code="before-filing", facts={"filed_on": str(filed_on)})
    if stop.to and stop.to < stop.from_:
        yield InvalidInput(field=f"{name}.to", code="ends-before-it-begins", facts={"from": str(stop.from_)})
    for end, day in (("from", stop.from_), ("to", stop.to)):
        if day and not calendar.covers(day.year):
            yield outside_calendar(f"{name}.{end}", calendar)


def _problems_together(name: str, earlier: Stop, later: Stop) -> Iterator[InvalidInput]:
    if later.from_ < earlier.from_:
        yield InvalidInput(field=name, code="out-of-order")
    elif earlier.to is None:
        yield InvalidInput(field=name, code="after-open-stop")
    elif later.from_ < earlier.to:
        yield InvalidInput(field=name, code="overlaps", facts={"previous_to": str(earlier.to)})
