# SPDX-License-Identifier: Apache-2.0
"""Service-level agreements of the house as data (ICX-09): for which cases it promises what, in its business hours.

A promise stands beside the legal term and never moves it: the term is what counts for "in time".
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from chassis.faults import Fault, repeated_ids
from routing.domain.conditions import Conditions, Slug
from ventanilla_contracts.envelope import Frozen, LocalDate, ShortText
from ventanilla_contracts.vocabulary import Channel, Kind, Priority

Some = Field(min_length=1)
Hours = Annotated[float, Field(gt=0, le=2000, multiple_of=0.25, description="business hours, in quarters")]


class PromisedCases(Conditions):
    """Of which cases an SLA speaks."""

    kind: Annotated[tuple[Kind, ...], Some] | None = None
    channel: Annotated[tuple[Channel, ...], Some] | None = None
    priority: Annotated[tuple[Priority, ...], Some] | None = None
    area: Annotated[tuple[Slug, ...], Some] | None = None
    segment: Annotated[tuple[str, ...], Some] | None = Field(None, description="codes of SEGMENTS_FILE (ICX-12)")


class Sla(Frozen):
    """``if`` these conditions hold for a case filed from ``valid_from`` to ``valid_to``, both included.

    Business hours until the house first writes to the person, and until the answer reaches them.
    """

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    id: Slug
    name: Annotated[ShortText, Some]
    if_: PromisedCases = Field(PromisedCases(), alias="if")
    first_response: Hours | None = None
    resolution: Hours | None = None
    valid_from: LocalDate
    valid_to: LocalDate | None = None

    @model_validator(mode="after")
    def _promises_something(self) -> Self:
        if self.first_response is None and self.resolution is None:
            raise ValueError("name first_response, resolution or both, in business hours")
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to must not be before valid_from")
        return self

    def covers(self, filed_on: date) -> bool:
        return self.valid_from <= filed_on and (self.valid_to is None or filed_on <= self.valid_to)

    def holds_whenever(self, other: "Sla") -> bool:
        """Whether it is in force on all days on which the other is."""
        ends_later = self.valid_to is None or (other.valid_to is not None and other.valid_to <= self.valid_to)
        return self.valid_from <= other.valid_from and ends_later


class SlasFile(Frozen):
    """``slas.yaml``: the first that holds decides; where none does, the house promises nothing."""

    version: Annotated[str, Some]
    slas: tuple[Sla, ...] = ()

    def sla_for(self, facts: Mapping[str, object], filed_on: date) -> Sla | None:
        """What is promised for a case with these facts (the fields of PromisedCases)."""
        return next((one for one in self.slas if one.covers(filed_on) and one.if_.hold(facts)), None)


NO_SLAS = SlasFile(version="none")


def sla_faults(file: SlasFile, areas: Collection[str]) -> list[Fault]:
    """What is wrong with a file that is well formed."""
    return [
        *repeated_ids("slas", [one.id for one in file.slas]),
        *_unknown_areas(file, areas),
        *_never_reached(file),
    ]


def _unknown_areas(file: SlasFile, areas: Collection[str]) -> Iterator[Fault]:
    for n, one in enumerate(file.slas):
        for m, area in enumerate(one.if_.area or ()):
            if area not in areas:
                cure = f"write one of {', '.join(areas)}, or add it to the classification file"
                yield Fault(("slas", n, "if", "area", m), f"area {area} does not exist", cure)


def _never_reached(file: SlasFile) -> Iterator[Fault]:
    for n, one in enumerate(file.slas):
        before = (other for other in file.slas[:n] if other.holds_whenever(one) and other.if_.include(one.if_))
        if (earlier := next(before, None)) is not None:
            yield Fault(
                ("slas", n),
                f"no case reaches {one.id}: {earlier.id} takes all of them before",
                f"put it before {earlier.id}, or make its conditions or its dates different",
            )
