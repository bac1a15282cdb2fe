# SPDX-License-Identifier: Apache-2.0
"""One cell after the other: load, fault, rest, oracle; after the cells of each target the audit of the whole house."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from tests.faults.acts import NotReached, set_up, strike
from tests.faults.auditing import audit
from tests.faults.collecting import Collector
from tests.faults.crew import Crew
from tests.faults.disk import cannot_fill
from tests.faults.evidence import Evidence
from tests.faults.houses import Houses
from tests.faults.oracle import anomalies, doubled_letters, late, repeated
from tests.faults.people import People
from tests.faults.plan import Cell
from tests.faults.rows import Row, Verdict
from ventanilla_local.process import DidNotStartError

SETTLED_SECONDS = 180.0
SHOWN = 12


def run(cells: Sequence[Cell], keep: Path) -> Iterator[Row]:
    """A row per cell, as it ends, and one per audit."""
    houses = Houses(keep)
    try:
        for _, of_target in groupby(cells, key=lambda cell: cell.target):
            for cell in of_target:
                row = run_cell(houses, cell)
                if row.verdict == "failed":
                    houses.end(keep_as=cell.slug)
                yield row
            if houses.is_up:
                row = run_audit(houses, cell)
                if row.verdict == "failed":
                    houses.end(keep_as=f"{cell.slug}-audit")
                yield row
    finally:
        houses.end()


def run_cell(houses: Houses, cell: Cell) -> Row:
    """Never raises: a cell that breaks off is a failure of its own, not of all those after it."""
    why = cannot_fill() if cell.needs_small_disk else ""
    if why:
        return Row(cell.target, cell.fault, cell.seed, "skipped", (why,))
    try:
        services, collector = houses.up(small_disk=cell.needs_small_disk)
    except DidNotStartError as error:
        return Row(cell.target, cell.fault, cell.seed, "failed", (f"the house did not start: {error}"[:500],))
    if cell.needs_links and services.ground.no_links:
        return Row(cell.target, cell.fault, cell.seed, "skipped", (services.ground.no_links,))
    began, people = time.monotonic(), People(services)
    try:
        with set_up(services, cell):
            not_struck = asyncio.run(_under_load(people, services, cell))
        collector.promises += people.promises
        ended = time.monotonic()
        rest = _at_rest(collector, people, cell)
    except Exception as error:
        broken = [f"{type(one).__name__}: {one}" for one in _leaves(error)]
        return _row(cell, people, began, "failed", broken)
    if rest.anomalies or not_struck:
        verdict: Verdict = "failed" if rest.anomalies else "skipped"
        return _row(cell, people, began, verdict, rest.anomalies or [not_struck], rest)
    return _row(cell, people, began, "passed", (), rest, recovered=rest.at - ended)


async def _under_load(people: People, services: Crew, cell: Cell) -> str:
    """Why the fault could not be made; else nothing."""

    async def fault() -> str:
        await asyncio.sleep(cell.delay())
        try:
            await asyncio.to_thread(strike, services, cell)
        except NotReached as why:
            return str(why)
        return ""

    async with asyncio.TaskGroup() as group:
        group.create_task(people.file_and_answer(cell.wishes()))
        struck = group.create_task(fault())
    return struck.result()


@dataclass(frozen=True)
class _Rest:
    """What was found in the end, and when."""

    found: Evidence
    anomalies: list[str]
    at: float


def _at_rest(collector: Collector, people: People, cell: Cell) -> _Rest:
    """Look until nothing is wrong any more, or the time is over."""
    until = time.monotonic() + SETTLED_SECONDS
    while True:
        found = collector.collect(people, may_double_letters=cell.may_double_letters)
        at, wrong = time.monotonic(), anomalies(found)
        if not wrong or at > until:
            return _Rest(found, wrong, at)
        time.sleep(0.5)


def run_audit(houses: Houses, last: Cell) -> Row:
    """What the audit says of the house after the cells of a target."""
    services, collector = houses.up(small_disk=last.needs_small_disk)
    began = time.monotonic()
    wrong = audit(services)
    seconds, cases = round(time.monotonic() - began, 1), len(collector.promises)
    verdict: Verdict = "failed" if wrong else "passed"
    return Row(last.target, "audit", last.seed, verdict, tuple(wrong[:SHOWN]), cases=cases, seconds=seconds)


def _row(
    cell: Cell,
    people: People,
    began: float,
    verdict: Verdict,
    why: Sequence[str],
    rest: _Rest | None = None,
    recovered: float | None = None,
) -> Row:
    return Row(
        cell.target,
        cell.fault,
        cell.seed,
        verdict,
        tuple(why[:SHOWN]),
        detail=f"passage {cell.passage()}" if cell.is_failpoint else f"after {cell.delay()} s",
        cases=len(people.promises),
        seconds=round(time.monotonic() - began, 1),
        recovered=None if recovered is None else round(recovered, 1),
        refused=people.refusals,
        letters_doubled=doubled_letters(rest.found) if rest else 0,
        published_again=repeated(rest.found.log) if rest else 0,
        late=late(rest.found.log) if rest else 0,
    )


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _leaves(one)
    else:
        yield error
