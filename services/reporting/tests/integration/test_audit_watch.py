# SPDX-License-Identifier: Apache-2.0
"""The audit that reporting makes by itself: by one instance, when it is time, told as metrics by all."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from chassis.metrics import Metrics
from chassis.mongo import Database
from chassis.testing import eventually
from reporting.audit import watch as watching
from reporting.audit.watch import AuditWatch, CouldNotLook, Result

pytestmark = pytest.mark.infra

BEGAN = datetime.now(UTC).replace(microsecond=0)
Run = Callable[[], Awaitable[Result]]


def result(**disagreements: int) -> dict[str, Any]:
    told = {"began_at": BEGAN.isoformat(), "seconds": 1.5, "cases": 40, "records": 400}
    return {**told, "agrees": not disagreements, "disagreements": disagreements}


def watch_of(database: Database, run: Run, *, process: str = "one") -> tuple[AuditWatch, Callable[[], list[str]]]:
    """A watch, and what it tells on /metrics."""
    metrics = Metrics("reporting", CollectorRegistry())
    watch = AuditWatch(database, metrics, process, hours=24, run=run)
    return watch, lambda: [line for line in generate_latest(metrics.registry).decode().splitlines() if "audit" in line]


async def make_it_time(database: Database) -> None:
    past = {"$set": {"next": datetime.now(UTC) - timedelta(seconds=1)}}
    await database.collection("audits").update_one({"_id": "last"}, past, upsert=True)


async def test_what_does_not_agree_is_told_by_every_instance(database: Database) -> None:
    async def run() -> Result:
        return result(stores=2, counts=1)

    watch, told = watch_of(database, run)
    other, told_by_other = watch_of(database, run, process="other")
    await make_it_time(database)
    assert await watch.step()
    assert not await other.step()
    for lines in (told(), told_by_other()):
        assert 'ventanilla_audit_disagreements{check="stores"} 2.0' in lines
        assert 'ventanilla_audit_disagreements{check="counts"} 1.0' in lines
        assert 'ventanilla_audit_disagreements{check="answers"} 0.0' in lines
        [at] = [line for line in lines if line.startswith("ventanilla_audit_at ")]
        assert float(at.split()[1]) == BEGAN.timestamp()
    assert any('alarm="audit-disagrees"' in line for line in told())


async def test_an_audit_that_agrees_unsays_what_the_one_before_it_found(database: Database) -> None:
    results = [result(stores=2), result()]

    async def run() -> Result:
        return results.pop(0)

    watch, told = watch_of(database, run)
    for found in (2.0, 0.0):
        await make_it_time(database)
        await watch.step()
        assert f'ventanilla_audit_disagreements{{check="stores"}} {found}' in told()


async def test_a_new_house_is_audited_a_day_after_its_start(database: Database) -> None:
    async def run() -> Result:
        pytest.fail("too early")

    watch, told = watch_of(database, run)
    assert not await watch.step()
    row = await database.collection("audits").find_one({"_id": "last"})
    assert row is not None
    assert timedelta(hours=23) < row["next"] - datetime.now(UTC) <= timedelta(hours=24)
    assert not any(line.startswith("ventanilla_audit_disagreements{") for line in told())


async def test_an_audit_that_could_not_look_is_an_alarm_and_is_tried_again_in_an_hour(database: Database) -> None:
    async def run() -> Result:
        raise CouldNotLook("topics missing: intake-cases")

    watch, told = watch_of(database, run)
    await make_it_time(database)
    assert await watch.step()
    assert any('alarm="audit-could-not-look"' in line and line.endswith(" 1.0") for line in told())
    assert not await watch.step()
    row = await database.collection("audits").find_one({"_id": "last"})
    assert row is not None
    assert row["next"] - datetime.now(UTC) < timedelta(hours=1)


async def test_while_one_audits_its_lease_is_renewed_and_no_other_does(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "RENEW_SECONDS", 0.02)
    done = asyncio.Event()

    async def long() -> Result:
        await done.wait()
        return result()

    async def never() -> Result:
        pytest.fail("two audit at once")

    watch, _ = watch_of(database, long)
    other, _ = watch_of(database, never, process="other")
    await make_it_time(database)
    auditing = asyncio.create_task(watch.step())

    async def until() -> datetime | None:
        row = await database.collection("leases").find_one({"_id": "audit"})
        return row["until"] if row else None

    first = await eventually(until)

    async def renewed() -> bool:
        return (await until() or first) > first

    await eventually(renewed)
    assert not await other.step()
    done.set()
    assert await auditing
    assert await until() is None, "given back"


async def test_the_child_says_why_it_could_not_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STAFF_FILE", raising=False)
    with pytest.raises(CouldNotLook, match="STAFF_FILE is missing"):
        await watching.audit_in_a_process()
