# SPDX-License-Identifier: Apache-2.0
"""Hazard 20: leases and heartbeats under a clock that runs a thousand times as fast as real time."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from pymongo import ReturnDocument

from chassis.leases import Lease
from chassis.testing import eventually
from chassis.testing.process import Process

pytestmark = pytest.mark.infra

ByHand = Callable[..., Awaitable[Process]]
SPEED = 1_000.0


async def fast(by_hand: ByHand) -> Process:
    began = datetime.now(UTC)
    return await by_hand(clock_origin=began, clock_real_origin=began, clock_speed=SPEED)


async def holders_within_a_minute_of_the_house(one: Process, other: Process) -> int:
    """One takes the lease of the timers; a minute passes by the house's clock: how many hold it then."""
    lease, rival = one.runtime._timers._lease, other.runtime._timers._lease
    assert await lease.hold()
    began = one.runtime.clock.now()
    await eventually(lambda: (one.runtime.clock.now() - began).total_seconds() > 60)
    return 1 + await rival.hold()


@pytest.mark.hazard(20)
async def test_an_accelerated_clock_does_not_shrink_a_lease(by_hand: ByHand) -> None:
    assert await holders_within_a_minute_of_the_house(await fast(by_hand), await fast(by_hand)) == 1


@pytest.mark.hazard(20, without="leases in real time")
async def test_a_lease_by_the_houses_clock_lasts_milliseconds(by_hand: ByHand, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = await fast(by_hand), await fast(by_hand)

    async def by_the_house(lease: Lease) -> bool:
        now: Any = one.runtime.clock.now()
        free = {"$or": [{"$eq": ["$holder", lease._holder]}, {"$lt": ["$until", now]}]}
        taken = {
            "holder": {"$cond": [free, lease._holder, "$holder"]},
            "until": {"$cond": [free, {"$add": [now, lease._milliseconds]}, "$until"]},
        }
        row = await lease._leases.find_one_and_update(
            {"_id": lease._name}, [{"$set": taken}], upsert=True, return_document=ReturnDocument.AFTER
        )
        return bool(row["holder"] == lease._holder)

    monkeypatch.setattr(Lease, "hold", by_the_house)
    assert await holders_within_a_minute_of_the_house(one, other) == 2
