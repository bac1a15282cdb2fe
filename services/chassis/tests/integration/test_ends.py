# SPDX-License-Identifier: Apache-2.0
"""A process that is told to end, by an operator or by whoever runs containers, ends in good order."""

import signal
from collections.abc import Callable

import pytest
from tests_toy import ToySettings, count, filed, toy_process

from chassis.mongo import Database
from chassis.testing import Wire, eventually

pytestmark = pytest.mark.infra

CASES = 50


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_publishes_what_it_saved_and_gives_back_what_it_held(
    wire: Wire, database: Database, toy_settings: Callable[..., ToySettings], number: signal.Signals
) -> None:
    await wire.send([wire.message(f"case-{n}", filed(f"N-{n}")) for n in range(CASES)])
    process = await toy_process(toy_settings(), "serve")
    try:
        await eventually(lambda: count(database, "cases"), what="the process has begun")
        assert await count(database, "processes") == 1
        process.send_signal(number)
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert await count(database, "processes") == 0
    assert await count(database, "outbox") == 0
    assert await count(database, "leases") == 0
