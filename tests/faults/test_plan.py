# SPDX-License-Identifier: Apache-2.0
"""The same seed is the same run; every target meets every fault."""

import pytest

from tests.faults.plan import FAULTS, SERVERS, Cell, cells, chosen
from tests.faults.points import ALL, POINTS

SEED, LOAD = 7, 40


def told(cell: Cell) -> tuple[object, ...]:
    passage = cell.passage() if cell.is_failpoint else 0
    return cell.name, cell.victim(), cell.delay(), passage, tuple(cell.wishes())


def test_the_same_seed_gives_the_same_cells() -> None:
    assert [told(cell) for cell in cells(SEED, LOAD)] == [told(cell) for cell in cells(SEED, LOAD)]


def test_another_seed_gives_others() -> None:
    mine, other = cells(SEED, LOAD), cells(SEED + 1, LOAD)
    assert [cell.name for cell in mine] == [cell.name for cell in other]
    assert all(told(one) != told(another) for one, another in zip(mine, other, strict=True))


def test_a_cell_is_the_same_whichever_others_are_run() -> None:
    assert told(chosen(cells(SEED, LOAD), "broker kill")[0]) == told(Cell("broker", "kill", SEED, LOAD))


@pytest.mark.parametrize("target", [*ALL, *SERVERS])
def test_every_target_meets_every_fault(target: str) -> None:
    assert {cell.fault for cell in cells(SEED, LOAD) if cell.target == target} >= set(FAULTS)


@pytest.mark.parametrize("service", ALL)
def test_every_service_dies_at_each_of_its_points_and_meets_a_rebalance(service: str) -> None:
    mine = {point.name for point in POINTS.values() if service in point.services}
    assert {cell.fault for cell in cells(SEED, LOAD) if cell.target == service} >= {*mine, "rebalance"}


def test_cases_come_in_while_the_fault_lasts_and_after_it() -> None:
    for cell in cells(SEED, LOAD):
        times = [wish.at for wish in cell.wishes()]
        assert times == sorted(times)
        assert times[0] < cell.delay()
        assert times[-1] > cell.seconds() - 2.0


def test_some_come_by_each_door_even_in_a_short_cell() -> None:
    assert {wish.door for wish in Cell("intake", "kill", SEED, 10).wishes()} == {"web", "mail-door", "mailbox"}


def test_names_of_wishes_are_never_used_twice() -> None:
    names = [wish.name for cell in cells(SEED, LOAD) for wish in cell.wishes()]
    assert len(names) == len(set(names))


def test_some_are_chosen_by_the_words_of_their_names() -> None:
    found = chosen(cells(SEED, LOAD), "kill routing, database slow, routing")
    assert [cell.name for cell in found][:4] == ["routing kill", "database slow", "routing stop", "routing restart"]
    assert len(found) == len(set(found))
    assert chosen(cells(SEED, LOAD), "routing kil") == []
    assert len(chosen(cells(SEED, LOAD), "")) == len(cells(SEED, LOAD))
