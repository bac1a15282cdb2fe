# SPDX-License-Identifier: Apache-2.0
"""From measured rounds to the table: each row is ours over theirs, round by round, and the median of that."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """One run of one side: things a second, CPU seconds of its process per 1,000 of them."""

    per_second: float
    cpu_per_1000: float


@dataclass(frozen=True)
class Row:
    """Two sides, in the order of their rounds; ``least`` is what the ratio must reach."""

    name: str
    theirs_are: str
    ours: Sequence[Measured]
    theirs: Sequence[Measured]
    least: float | None = None

    @property
    def ratios(self) -> list[float]:
        return [mine.per_second / other.per_second for mine, other in zip(self.ours, self.theirs, strict=True)]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)


def step_ratio(rows: Sequence[Row]) -> str:
    """The first line of `make bench`: the first row, cut, so that it never promises more than was measured."""
    return f"step ratio {int(rows[0].ratio * 100) / 100:.2f}"


def table(rows: Sequence[Row]) -> str:
    """A Markdown table."""
    heads = ("what", "beside", "ours/s", "theirs/s", "ratio", "range", "must", "CPU s/1,000 ours", "theirs")
    cells = [heads, tuple("---" for _ in heads), *map(_cells, rows)]
    return "\n".join("| " + " | ".join(one) + " |" for one in cells)


def _cells(row: Row) -> tuple[str, ...]:
    ratios = row.ratios
    return (
        row.name,
        row.theirs_are,
        f"{_speed(row.ours):.0f}",
        f"{_speed(row.theirs):.0f}",
        f"{row.ratio:.2f}",
        f"{min(ratios):.2f}-{max(ratios):.2f}",
        "" if row.least is None else f"{row.least:g} {'reached' if row.ratio >= row.least else 'MISSED'}",
        f"{_cpu(row.ours):.2f}",
        f"{_cpu(row.theirs):.2f}",
    )


def _speed(measured: Sequence[Measured]) -> float:
    return statistics.median(one.per_second for one in measured)


def _cpu(measured: Sequence[Measured]) -> float:
    return statistics.median(one.cpu_per_1000 for one in measured)
