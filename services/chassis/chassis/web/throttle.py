# SPDX-License-Identifier: Apache-2.0
"""How often one may fail, in this process and real time."""

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

PER_USER = RateLimitItemPerMinute(10, 15)
PER_ADDRESS = RateLimitItemPerMinute(50, 15)


class Throttle:
    """Counts failed logins: 10 per user and 50 per address in 15 minutes."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def blocked(self, user: str, address: str) -> bool:
        """Whether this user or this address has failed too often."""
        return not all(self._limiter.test(limit, key) for limit, key in _limits(user, address))

    def failed(self, user: str, address: str) -> None:
        for limit, key in _limits(user, address):
            self._limiter.hit(limit, key)


def _limits(user: str, address: str) -> list[tuple[RateLimitItem, str]]:
    return [(PER_USER, f"user {user}"), (PER_ADDRESS, f"address {address}")]
