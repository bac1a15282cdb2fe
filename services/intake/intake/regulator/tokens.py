# SPDX-License-Identifier: Apache-2.0
"""The keys to the platform: an access token for half an hour, a refresh token that works once."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from intake.regulator.gateway import RegulatorAway

ACCESS_SECONDS = 25 * 60
"""The platform's is good for 30 minutes; it is changed before, so that no file is sent up in vain."""

Post = Callable[[str, Mapping[str, object]], Awaitable[tuple[int, Mapping[str, object]]]]
"""Path and body to status and answer, without a token. Raises RegulatorAway."""


@dataclass
class Tokens:
    """In memory only: a process that begins logs in."""

    post: Post
    user: str
    password: str
    _access: str | None = None
    _refresh: str | None = None
    _since: float = field(default=0.0)

    async def access(self) -> str:
        """A token that should be good. Raises RegulatorAway where the platform lets us in by neither way."""
        if self._access is None or time.monotonic() - self._since > ACCESS_SECONDS:
            await self.renew()
        assert self._access is not None  # noqa: S101
        return self._access

    async def renew(self) -> None:
        """By the refresh token if there is one, which is used up whatever comes of it; else by logging in."""
        refresh, self._refresh, self._access = self._refresh, None, None
        if refresh is not None:
            status, told = await self.post("api/token/refresh", {"refresh": refresh})
            if status == 200 and self._keep(told):
                return
        status, told = await self.post("api/login/", {"username": self.user, "password": self.password})
        if status != 200 or not self._keep(told):
            raise RegulatorAway(f"the login was refused ({status})")

    def _keep(self, told: Mapping[str, object]) -> bool:
        access, refresh = told.get("access"), told.get("refresh")
        if not isinstance(access, str):
            return False
        self._access, self._since = access, time.monotonic()
        self._refresh = refresh if isinstance(refresh, str) else None
        return True
