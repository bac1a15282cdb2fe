# SPDX-License-Identifier: Apache-2.0
"""The audit once a day, by one instance of reporting, in a process of its own: it takes a core and much memory."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from prometheus_client import Gauge

from chassis.leases import Lease, every
from chassis.log import get_logger
from chassis.metrics import Metrics
from chassis.mongo import Database, translated
from reporting.domain.audit.findings import CHECKS

_log = get_logger(__name__)

LOOK_SECONDS = 60.0
LEASE_SECONDS = 120.0
RENEW_SECONDS = 30.0
AGAIN_AFTER = timedelta(hours=1)
"""If it could not look."""

Result = Mapping[str, Any]
"""What ``python -m reporting audit --json`` prints."""


class CouldNotLook(Exception):
    """The audit ended without a verdict; its text is what it said."""


class AuditWatch:
    """Runs the audit when it is time, keeps the last result in the store, tells it as metrics from every instance."""

    def __init__(
        self,
        database: Database,
        metrics: Metrics,
        process: str,
        *,
        hours: float,
        run: Callable[[], Awaitable[Result]],
    ) -> None:
        """``hours`` (real time) from one audit to the next; 0: never by itself."""
        self._rows = database.collection("audits")
        self._lease = Lease(database, "audit", process, seconds=LEASE_SECONDS)
        self._every = timedelta(hours=hours)
        self._run = run
        self._metrics = metrics
        self._disagreements = Gauge(
            "ventanilla_audit_disagreements",
            "What did not agree in the last audit",
            ["check"],
            registry=metrics.registry,
        )
        self._at = Gauge(
            "ventanilla_audit_at", "When the last audit began, in seconds since 1970", registry=metrics.registry
        )

    async def loop(self) -> None:
        """For ever."""
        if self._every:
            await every(LOOK_SECONDS, self.step, name="audit")

    async def step(self) -> bool:
        """Audit if it is time and nobody else does; tell the last result. Raises Unavailable."""
        is_time = False
        if await self._lease.hold():
            try:
                is_time = await self._is_time()
                if is_time:
                    await self._audit()
            finally:
                await self._lease.release()
        await self._tell()
        return is_time

    async def _is_time(self) -> bool:
        """The first one is a day after the first start: a new house has nothing to show."""
        now = datetime.now(UTC)
        with translated():
            row = await self._rows.find_one_and_update(
                {"_id": "last"}, {"$setOnInsert": {"next": now + self._every}}, upsert=True, return_document=True
            )
        return bool(now >= row["next"])

    async def _audit(self) -> None:
        try:
            await self._keep(await self._while_renewing(self._run()))
        except CouldNotLook as why:
            self._metrics.alarm("audit-could-not-look")
            _log.error("audit-could-not-look", why=str(why))
            await self._set(next=datetime.now(UTC) + min(self._every, AGAIN_AFTER))

    async def _while_renewing(self, work: Awaitable[Result]) -> Result:
        task = asyncio.ensure_future(work)
        try:
            while not task.done():
                await asyncio.wait([task], timeout=RENEW_SECONDS)
                if not task.done():
                    await self._lease.hold()
            return task.result()
        finally:
            task.cancel()

    async def _keep(self, result: Result) -> None:
        counts = {check: int(result["disagreements"].get(check, 0)) for check in CHECKS}
        began = datetime.fromisoformat(result["began_at"])
        await self._set(at=began, next=began + self._every, disagreements=counts)
        if result["agrees"]:
            _log.info("audit-agrees", cases=result["cases"], records=result["records"], seconds=result["seconds"])
            return
        self._metrics.alarm("audit-disagrees")
        found = {check: count for check, count in counts.items() if count}
        _log.error("audit-disagrees", found=found, cure="python -m reporting audit says what and where")

    async def _set(self, **fields: object) -> None:
        with translated():
            await self._rows.update_one({"_id": "last"}, {"$set": fields}, upsert=True)

    async def _tell(self) -> None:
        with translated():
            row = await self._rows.find_one({"_id": "last"})
        if row is not None and "at" in row:
            self._at.set(row["at"].timestamp())
            for check, count in row["disagreements"].items():
                self._disagreements.labels(check).set(count)


async def audit_in_a_process() -> Result:
    """``python -m reporting audit --json`` with this process's environment. Raises CouldNotLook."""
    words, pipe = ("-m", "reporting", "audit", "--json"), asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(sys.executable, *words, stdout=pipe, stderr=pipe)
    try:
        out, err = await child.communicate()
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    if child.returncode not in (0, 1):
        raise CouldNotLook(err.decode(errors="replace").strip()[-500:])
    result: Result = json.loads(out)
    return result
