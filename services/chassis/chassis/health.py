# SPDX-License-Identifier: Apache-2.0
"""Whether a process is alive (restart it if not) and ready (send it no requests if not)."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from chassis.log import get_logger

Check = Callable[[], bool | Awaitable[bool]]
"""True = good. False, an exception or more than `timeout` seconds = not."""


class Health:
    """What must be good, by name. Names are shown to anyone: a role such as `database`, never an address."""

    def __init__(self, timeout: float = 2.0) -> None:
        self._timeout = timeout
        self._liveness: dict[str, Check] = {}
        self._readiness: dict[str, Check] = {}

    def live(self, name: str, check: Check) -> None:
        """Register what tells a stuck process: only a restart would help. Outages of others do not belong here."""
        self._liveness[name] = check

    def ready(self, name: str, check: Check) -> None:
        """Register what a request needs."""
        self._readiness[name] = check

    async def stuck(self) -> list[str]:
        """Names of the liveness checks that fail."""
        return await self._failing(self._liveness)

    async def missing(self) -> list[str]:
        """Names of the readiness checks that fail."""
        return await self._failing(self._readiness)

    async def _failing(self, checks: dict[str, Check]) -> list[str]:
        good = await asyncio.gather(*(self._good(name, check) for name, check in checks.items()))
        return sorted(name for name, is_good in zip(checks, good, strict=True) if not is_good)

    async def _good(self, name: str, check: Check) -> bool:
        try:
            async with asyncio.timeout(self._timeout):
                answer = check()
                return bool(await answer) if inspect.isawaitable(answer) else bool(answer)
        except Exception:
            get_logger(__name__).debug("health check failed", check=name, exc_info=True)
            return False


def health_router(health: Health) -> APIRouter:
    """`/livez` and `/readyz`: 200, or 503 with the names of what is stuck or missing."""
    router = APIRouter(tags=["health"], include_in_schema=False)

    @router.get("/livez")
    async def livez() -> JSONResponse:
        stuck = await health.stuck()
        return _answer({"status": "stuck", "stuck": stuck} if stuck else {"status": "alive"})

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        missing = await health.missing()
        return _answer({"status": "unready", "missing": missing} if missing else {"status": "ready"})

    return router


def _answer(content: dict[str, object]) -> JSONResponse:
    bad = len(content) > 1
    return JSONResponse(content, status_code=503 if bad else 200, headers={"Retry-After": "5"} if bad else None)
