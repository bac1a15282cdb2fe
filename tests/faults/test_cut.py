# SPDX-License-Identifier: Apache-2.0
"""Two minutes of `make faults`: the cells that matter most, by a fixed seed, on one house; then the audit of it all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.cells import run_audit, run_cell
from tests.faults.houses import Houses
from tests.faults.plan import Cell
from ventanilla_local.downloads import LOCAL
from ventanilla_local.way import NoWayError

pytestmark = [pytest.mark.slow, pytest.mark.infra]

SEED, LOAD = 20_260_324, 24
CELLS = [
    Cell(target, fault, SEED, LOAD)
    for target, fault in (
        ("intake", "kill"),
        ("routing", "after-commit"),
        ("routing", "cut"),
        ("notifications", "after-mail"),
        ("broker", "kill"),
    )
]
LOGS: Path = LOCAL / "faults" / "cut"


@pytest.fixture(scope="module")
def houses() -> Iterator[Houses]:
    found = Houses(LOGS)
    try:
        found.up()
        yield found
    except NoWayError as why:
        pytest.skip(f"servers that may be killed: {why}")
    finally:
        found.end()


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_nothing_is_lost_or_done_twice(houses: Houses, cell: Cell) -> None:
    row = run_cell(houses, cell)
    if row.verdict == "failed":
        houses.end(keep_as=cell.slug)
    if row.verdict == "skipped":
        pytest.skip(row.anomalies[0])
    assert row.verdict == "passed", row.told()


def test_the_audit_agrees(houses: Houses) -> None:
    row = run_audit(houses, CELLS[-1])
    assert row.verdict == "passed", row.told()
