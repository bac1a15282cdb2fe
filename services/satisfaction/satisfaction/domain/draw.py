# SPDX-License-Identifier: Apache-2.0
"""The monthly sample of subsidy claims (CNF-11; domain-colombia 5.1 and 5.2).

A month is drawn once. What was drawn is kept with all that is needed to draw it again and get the same: the frame, the
seed and the method. A claim is chosen when it is among the first ``n`` of the frame in the order of
sha256("<seed>:<case id>"), which anyone can repeat with any tool.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from chassis.decision import Decision
from ventanilla_contracts.envelope import Frozen, Instant

CONFIDENCE = 0.95
Z = 1.960


class Sample(Frozen):
    """One month's draw. ``frame``: sorted ids of the cases; ``margin``: of error at ``confidence``, 0.092 is 9.2 %."""

    month: str
    name: str
    frame: tuple[str, ...]
    chosen: tuple[str, ...]
    seed: int
    confidence: float = CONFIDENCE
    margin: float
    drawn_at: Instant

    @property
    def population(self) -> int:
        return len(self.frame)

    @property
    def size(self) -> int:
        return len(self.chosen)


@dataclass(frozen=True)
class DrawSample:
    """Draw ``size`` of the frame without replacement; all of it if it is not larger."""

    month: str
    frame: tuple[str, ...]
    size: int
    seed: int


@dataclass(frozen=True)
class Placed:
    """What the draw of ``month`` means for one case."""

    month: str
    chosen: bool


@dataclass(frozen=True)
class PutOff:
    """The claim came too late for the draw of ``month`` and takes part in the one of ``to``."""

    month: str
    to: str


def decide_sample(sample: Sample | None, message: object, now: datetime) -> Decision[Sample]:
    """``decide`` of the aggregate ``samples``: the first draw of a month is the one that holds."""
    if not isinstance(message, DrawSample):
        raise TypeError(type(message).__name__)
    return Decision(drawn(message, now) if sample is None else sample)


def drawn(draw: DrawSample, now: datetime) -> Sample:
    frame = tuple(sorted(draw.frame))
    chosen = sorted(frame, key=lambda case_id: sha256(f"{draw.seed}:{case_id}".encode()).digest())[: draw.size]
    return Sample(
        month=draw.month,
        name=sample_name(draw.month),
        frame=frame,
        chosen=tuple(sorted(chosen)),
        seed=draw.seed,
        margin=margin_of_error(len(frame), len(chosen)),
        drawn_at=now,
    )


def places(sample: Sample, waiting: Sequence[str], current_month: str) -> dict[str, Placed | PutOff]:
    """What each waiting case is told: chosen or not, or that it came too late for this draw."""
    frame, chosen = set(sample.frame), set(sample.chosen)
    return {
        case_id: Placed(sample.month, case_id in chosen) if case_id in frame else PutOff(sample.month, current_month)
        for case_id in waiting
    }


def margin_of_error(population: int, size: int) -> float:
    """Half the width of the interval around a proportion of one half, with finite population correction.

    >>> round(margin_of_error(800, 100), 3)
    0.092
    """
    if size >= population:
        return 0.0
    return Z * math.sqrt(0.25 * (population - size) / (size * (population - 1)))


def month_of(day: date) -> str:
    """The local month of a local day, as 2026-03."""
    return f"{day:%Y-%m}"


def month_after(month: str) -> date:
    """The first day of the next month."""
    year, number = (int(part) for part in month.split("-"))
    return date(year + number // 12, number % 12 + 1, 1)


def sample_name(month: str) -> str:
    return f"subsidy-claims-{month}"
