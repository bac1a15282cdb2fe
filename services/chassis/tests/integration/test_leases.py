# SPDX-License-Identifier: Apache-2.0
"""One holder at a time, on the real database."""

import asyncio

import pytest

from chassis.leases import Lease
from chassis.mongo import Database
from chassis.testing import eventually

pytestmark = pytest.mark.infra


def lease(database: Database, holder: str, seconds: float = 15.0) -> Lease:
    return Lease(database, "sweeper", holder, seconds=seconds)


async def test_of_many_who_ask_at_once_one_holds_it(database: Database) -> None:
    answers = await asyncio.gather(*(lease(database, f"process-{n}").hold() for n in range(10)))
    assert answers.count(True) == 1


async def test_its_holder_renews_it_and_nobody_else_gets_it(database: Database) -> None:
    assert await lease(database, "one").hold()
    assert not await lease(database, "other").hold()
    assert await lease(database, "one").hold()


async def test_a_lease_of_the_dead_lapses(database: Database) -> None:
    assert await lease(database, "dead", seconds=0.05).hold()
    await eventually(lease(database, "heir").hold)


async def test_given_back_it_is_free_at_once_but_only_its_holder_can_give_it_back(database: Database) -> None:
    assert await lease(database, "one").hold()
    await lease(database, "other").release()
    assert not await lease(database, "other").hold()
    await lease(database, "one").release()
    assert await lease(database, "other").hold()
