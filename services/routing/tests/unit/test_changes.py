# SPDX-License-Identifier: Apache-2.0
"""What the store's stream of changes may end by, and what the index does then."""

from typing import Any

import pytest
from pymongo.errors import AutoReconnect, OperationFailure

from chassis.mongo import Unavailable
from routing.searching.reading import AT_ONCE, Changes, HistoryLost


class Stream:
    """Gives these one after the other, then nothing."""

    def __init__(self, *given: Any) -> None:
        self._given = list(given)

    async def try_next(self) -> Any:
        if not self._given:
            return None
        one = self._given.pop(0)
        if isinstance(one, Exception):
            raise one
        return one


def changes(*given: Any) -> Changes:
    made = Changes.__new__(Changes)
    made._stream = Stream(*given)
    return made


def change(case_id: str, kind: str = "update") -> dict[str, Any]:
    return {"operationType": kind, "documentKey": {"_id": case_id}}


async def test_each_case_is_told_once_however_often_it_changed() -> None:
    told = changes(change("a", "insert"), change("b"), change("a"), change("c", "delete"))
    assert await told.next() == (frozenset("abc"), True)
    assert await told.next() == (frozenset(), True)


async def test_more_than_are_taken_at_once_are_said_to_be_left() -> None:
    told = changes(*(change(f"{n}") for n in range(AT_ONCE + 1)))
    first, rest = await told.next(), await told.next()
    assert (len(first[0]), first[1]) == (AT_ONCE, False)
    assert rest == (frozenset({f"{AT_ONCE}"}), True)


@pytest.mark.parametrize("code", [286, 280, 260, 40647])
async def test_where_it_cannot_go_on_everything_is_read_again(code: int) -> None:
    with pytest.raises(HistoryLost):
        await changes(OperationFailure("x", code)).next()


async def test_a_collection_that_was_dropped_is_read_again() -> None:
    with pytest.raises(HistoryLost):
        await changes({"operationType": "drop"}).next()


async def test_a_database_that_is_away_is_waited_for() -> None:
    with pytest.raises(Unavailable):
        await changes(AutoReconnect("x")).next()
