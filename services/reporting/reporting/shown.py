# SPDX-License-Identifier: Apache-2.0
"""What the doors of reporting show and take."""

from collections.abc import Callable
from typing import Annotated, get_args

from pydantic import BaseModel, Field

from reporting.domain.indicators import Indicator, IndicatorId
from reporting.domain.monthly import Monthly, Row
from reporting.domain.period import Period
from reporting.goals import Goals
from ventanilla_contracts.envelope import Instant, LocalDate
from ventanilla_contracts.vocabulary import Channel, Kind

MONTH = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"

Texts = Callable[[str], str]
"""The text of a key in the reader's language."""


Month = Annotated[str, Field(pattern=MONTH, description="A month such as 2026-03")]


class IndicatorShown(BaseModel):
    id: IndicatorId
    name: str
    value: float | int | None = Field(description="null where there is nothing to divide by")
    unit: str = Field(description="percent or count")
    numerator: int | None
    denominator: int | None
    goal: float | int | None

    @classmethod
    def of(cls, indicator: Indicator, goals: Goals, texts: Texts) -> "IndicatorShown":
        return cls(
            id=indicator.id,
            name=texts(f"indicators.{indicator.id}"),
            value=indicator.value,
            unit=indicator.unit,
            numerator=indicator.numerator,
            denominator=indicator.denominator,
            goal=goals.get(indicator.id),
        )


class Indicators(BaseModel):
    as_of: Instant
    indicators: list[IndicatorShown]


class Care(BaseModel):
    """What was done in the month; `open_at_end`: open when it ended, or now if it has not."""

    received: int
    received_by_kind: dict[str, int]
    answered: int
    answered_in_time: int
    closed: int
    open_at_end: int


class CareRow(Care):
    """Care at one place: channel, service area and service point; area null: not classified yet."""

    channel: Channel
    channel_name: str
    area: str | None
    area_name: str
    service_point: str | None


class MonthlyShown(BaseModel):
    period: str
    first: LocalDate
    last: LocalDate
    as_of: Instant
    rows: list[CareRow]
    totals: Care


def monthly_shown(monthly: Monthly, period: str, as_of: Instant, texts: Texts) -> MonthlyShown:
    month = Period.month(period)
    return MonthlyShown(
        period=period,
        first=month.first,
        last=month.last,
        as_of=as_of,
        rows=[_care_row(row, texts) for row in monthly.rows],
        totals=_care(monthly.totals),
    )


def _care(row: Row) -> Care:
    kinds: dict[str, int] = {kind: row.received_by_kind.get(kind, 0) for kind in get_args(Kind)}
    return Care(
        received=row.received,
        received_by_kind={**kinds, "unclassified": row.received_by_kind.get(None, 0)},
        answered=row.answered,
        answered_in_time=row.answered_in_time,
        closed=row.closed,
        open_at_end=row.open_at_end,
    )


def _care_row(row: Row, texts: Texts) -> CareRow:
    if row.channel is None:
        raise ValueError("only the totals have no channel")
    return CareRow(
        channel=row.channel,
        channel_name=texts(f"channels.{row.channel}"),
        area=row.area,
        area_name=row.area_name or row.area or texts("monthly.unclassified"),
        service_point=row.service_point,
        **_care(row).model_dump(),
    )
