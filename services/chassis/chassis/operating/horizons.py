# SPDX-License-Identifier: Apache-2.0
"""Up to when each partition was read: what was in the log by then is applied, parked or waiting, or it is not there.

A partition that gets records is never quite at its end. So its end is noted, and once that is reached, it is known to
have been read up to when the end was asked; in a catch-up, behind a stopped consumer or without a broker it is not.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from chassis.operating.log_reading import Logs, partition_of
from chassis.store import Partition, Store


@dataclass(slots=True)
class _Horizon:
    """``end``, and when it was asked for; ``read_until``: when the last end was asked that was reached."""

    asked_at: float
    end: int
    read_until: float = float("-inf")
    behind: int = 0


class Horizons:
    """What one process knows of the partitions that its service reads; ``clock`` gives seconds that only grow."""

    def __init__(self, store: Store, logs: Logs, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._logs = logs
        self._clock = clock
        self._horizons: dict[Partition, _Horizon] = {}
        self._partitions: dict[str, int] = {}

    async def look(self, topics: Iterable[str]) -> None:
        """Ask where these topics end and how far they were read. Raises TopicsMissing, KafkaError, Unavailable."""
        asked_at, ends = self._clock(), await self._logs.ends(topics)
        marks = await self._store.marks(ends)
        for place, end in ends.items():
            self._partitions[place[0]] = max(self._partitions.get(place[0], 0), place[1] + 1)
            self._move(place, asked_at, end, marks[place].next if place in marks else 0)

    def _move(self, place: Partition, asked_at: float, end: int, next_wanted: int) -> None:
        horizon = self._horizons.setdefault(place, _Horizon(asked_at, end))
        if next_wanted >= horizon.end:
            horizon.read_until = horizon.asked_at
            horizon.asked_at, horizon.end = asked_at, end
        if next_wanted >= end:
            horizon.read_until = asked_at
        horizon.behind = max(0, end - next_wanted)

    def read_until(self, topic: str, key: str) -> float:
        """When the key's partition held nothing that was not read by now, in seconds of ``clock``; minus infinity if
        that is not known.
        """
        horizon = self._horizons.get((topic, self._partition(topic, key)))
        return float("-inf") if horizon is None else horizon.read_until

    def behind(self, topic: str, key: str) -> int:
        """How many records of the key's partition were still to be read at the last look."""
        horizon = self._horizons.get((topic, self._partition(topic, key)))
        return 0 if horizon is None else horizon.behind

    def _partition(self, topic: str, key: str) -> int:
        partitions = self._partitions.get(topic)
        return partition_of(key, partitions) if partitions else -1
