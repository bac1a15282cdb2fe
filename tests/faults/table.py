# SPDX-License-Identifier: Apache-2.0
"""The rows of a run as Markdown: faults by target, failpoints by service, and what each target went through."""

from collections.abc import Callable, Iterable, Sequence

from tests.faults.plan import DISK_FULL, FAULTS, REBALANCE, SERVERS
from tests.faults.points import ALL, POINTS
from tests.faults.rows import Row, Verdict

AUDIT = "audit"
VERDICTS: tuple[Verdict, ...] = ("passed", "failed", "skipped")
TOTALS: dict[str, Callable[[Row], float]] = {
    "cases": lambda row: row.cases if row.fault != AUDIT else 0,
    "minutes": lambda row: row.seconds / 60,
    "answers 503": lambda row: row.refused,
    "mails twice": lambda row: row.letters_doubled,
    "records published again": lambda row: row.published_again,
    "records late in their case": lambda row: row.late,
}


def markdown(rows: Sequence[Row]) -> str:
    """In a cell: the seconds from the end of fault and load until all was right and at rest."""
    faults = (*FAULTS, REBALANCE, DISK_FULL, AUDIT)
    grids = (_grid("fault", rows, faults, (*ALL, *SERVERS)), _grid("dies", rows, tuple(POINTS), ALL), _totals(rows))
    return "\n\n".join(grids) + "\n"


def summary(rows: Sequence[Row]) -> str:
    """One line about all."""
    told = ", ".join(f"{sum(row.verdict == verdict for row in rows)} {verdict}" for verdict in VERDICTS)
    cases, minutes = (sum(map(TOTALS[name], rows)) for name in ("cases", "minutes"))
    return f"{len(rows)} rows: {told}; {cases:.0f} cases in {minutes:.0f} minutes"


def _grid(corner: str, rows: Sequence[Row], faults: Sequence[str], targets: Sequence[str]) -> str:
    found = {(row.target, row.fault): row for row in rows}
    lines = [(fault, *(_cell(found.get((target, fault))) for target in targets)) for fault in faults]
    return _table((corner, *targets), [line for line in lines if any(line[1:])])


def _cell(row: Row | None) -> str:
    if row is None:
        return ""
    if row.verdict != "passed":
        return row.verdict
    return "ok" if row.recovered is None else f"{row.recovered:.0f} s"


def _totals(rows: Sequence[Row]) -> str:
    targets = list(dict.fromkeys(row.target for row in rows))
    lines = [(target, *_sums([row for row in rows if row.target == target])) for target in targets]
    return _table(("target", *TOTALS), [*lines, ("all", *_sums(rows))])


def _sums(rows: Sequence[Row]) -> Iterable[str]:
    return (f"{sum(map(total, rows)):.0f}" for total in TOTALS.values())


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    return "\n".join(map(_line, (head, ["---"] * len(head), *lines)))


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
