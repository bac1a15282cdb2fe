# SPDX-License-Identifier: Apache-2.0
"""The monthly report of care by channel, service area and service point (ICX-05)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reporting.domain.facts import Place
from ventanilla_contracts.vocabulary import Channel, Kind

Where = tuple[Channel, str | None, str | None]
"""Channel, code of the service area, service point."""


@dataclass(frozen=True)
class Sums:
    """What a period's cells of one place add up to."""

    place: Place
    amounts: Mapping[str, int]


@dataclass
class Row:
    """One line; ``received_by_kind`` has None for what is not classified yet."""

    channel: Channel | None = None
    area: str | None = None
    area_name: str | None = None
    service_point: str | None = None
    received_by_kind: dict[Kind | None, int] = field(default_factory=dict)
    answered: int = 0
    answered_in_time: int = 0
    closed: int = 0
    open_at_end: int = 0

    @property
    def received(self) -> int:
        return sum(self.received_by_kind.values())

    @property
    def is_empty(self) -> bool:
        """Everything that was counted here has moved elsewhere."""
        counts = (self.answered, self.answered_in_time, self.closed, self.open_at_end)
        return not any(counts) and not any(self.received_by_kind.values())

    def add(self, kind: Kind | None, amounts: Mapping[str, int]) -> None:
        self.received_by_kind[kind] = self.received_by_kind.get(kind, 0) + amounts.get("received", 0)
        self.answered += amounts.get("answered", 0)
        self.answered_in_time += amounts.get("answered_in_time", 0)
        self.closed += amounts.get("closed", 0)


@dataclass(frozen=True)
class Monthly:
    rows: list[Row]
    totals: Row


def monthly(sums: Iterable[Sums], open_at_end: Mapping[Place, int]) -> Monthly:
    """The report; ``open_at_end``: how many cases of each place were open when the month ended."""
    rows: dict[Where, Row] = {}
    totals = Row()
    for one in sums:
        _row(rows, one.place).add(one.place.kind, one.amounts)
        totals.add(one.place.kind, one.amounts)
    for place, count in open_at_end.items():
        _row(rows, place).open_at_end += count
        totals.open_at_end += count
    shown = [row for row in rows.values() if not row.is_empty]
    return Monthly(sorted(shown, key=lambda r: (r.channel or "", r.area or "", r.service_point or "")), totals)


def _row(rows: dict[Where, Row], place: Place) -> Row:
    where = (place.channel, place.area, place.service_point)
    row = rows.setdefault(where, Row(place.channel, place.area, place.area_name, place.service_point))
    row.area_name = row.area_name or place.area_name
    return row
