# SPDX-License-Identifier: Apache-2.0
"""Whether a consumer gets on: for its own restart, and for /livez. An outage of others is no fault of its own."""

import time
from collections.abc import Callable

STUCK_SECONDS = 60.0
"""With records to read and none coming, a new consumer is made (aiokafka 1154)."""
POLLS_STOPPED_SECONDS = 150.0
"""Longer than any wait for a database or broker that is away."""
STILL_SECONDS = 240.0
"""With records to read, and three new consumers that did not help, only a new process may."""


class Stuck(Exception):
    """There is something to read and nothing comes: only a new consumer helps."""


class Progress:
    """What one consumer did last; ``clock`` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._polled_at: float | None = None
        self._came_at = self._behind_since = self._moved_at = self._delayed_at = clock()
        self._behind = 0

    def begun(self) -> None:
        """A consumer was made, perhaps after another one that got stuck."""
        self._polled_at = self._came_at = self._behind_since = self._clock()

    def polled(self) -> None:
        self._polled_at = self._clock()

    def came(self) -> None:
        """Records came; they may not be applied yet."""
        self._came_at = self._clock()

    def moved(self) -> None:
        """Records were applied."""
        self._moved_at = self._came_at = self._clock()

    def delayed(self) -> None:
        """The database, the broker or a topic is away."""
        self._delayed_at = self._clock()

    def looked(self, behind: int) -> None:
        """So many records are still to be read. Raises Stuck."""
        now = self._clock()
        if not behind:
            self._moved_at = now
        self._behind, self._behind_since = behind, min(self._behind_since, now) if behind else now
        if behind and now - max(self._behind_since, self._came_at) > STUCK_SECONDS:
            raise Stuck(f"{behind} records to read, and none came for {STUCK_SECONDS:.0f} s")

    def is_alive(self) -> bool:
        """False when polls stop or the lag does not move, and nobody else's outage is the cause."""
        if self._polled_at is None:
            return True
        now = self._clock()
        if now - max(self._polled_at, self._delayed_at) > POLLS_STOPPED_SECONDS:
            return False
        return not self._behind or now - max(self._moved_at, self._delayed_at) <= STILL_SECONDS
