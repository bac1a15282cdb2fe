# SPDX-License-Identifier: Apache-2.0
import asyncio

import pytest

from chassis.health import Check, Health


def failing() -> bool:
    raise ConnectionError("mongodb://10.0.0.7 refused")


async def hanging() -> bool:
    await asyncio.Event().wait()
    return True


async def good() -> bool:
    return True


async def test_a_process_without_checks_is_alive_and_ready(make_app, make_client) -> None:  # type: ignore[no-untyped-def]
    async with make_client(make_app()) as client:
        assert (await client.get("/livez")).json() == {"status": "alive"}
        assert (await client.get("/readyz")).json() == {"status": "ready"}


@pytest.mark.parametrize("check", [failing, hanging, lambda: False])
async def test_what_is_missing_is_named_without_its_address(make_app, make_client, check: Check) -> None:  # type: ignore[no-untyped-def]
    health = Health(timeout=0.05)
    health.ready("database", check)
    health.ready("broker", good)
    health.live("consumer", lambda: True)
    async with make_client(make_app(health=health)) as client:
        answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json() == {"status": "unready", "missing": ["database"]}
        assert "10.0.0.7" not in answer.text
        assert (await client.get("/livez")).status_code == 200


async def test_a_stuck_process_is_not_alive(make_app, make_client) -> None:  # type: ignore[no-untyped-def]
    health = Health()
    health.live("consumer", lambda: False)
    async with make_client(make_app(health=health)) as client:
        answer = await client.get("/livez")
        assert (answer.status_code, answer.json()) == (503, {"status": "stuck", "stuck": ["consumer"]})
