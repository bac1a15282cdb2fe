# SPDX-License-Identifier: Apache-2.0
"""A reader as FastStream's guide has it, to be compared with ours."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

from aiokafka import AIOKafkaConsumer
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage

from chassis.testing import Wire

Handle = Callable[[Any, KafkaMessage], Awaitable[None]]


class ByDefault:
    """Reads ``intake-cases``; ``handle`` is called with what comes, before it counts as ``got``."""

    def __init__(self, wire: Wire, handle: Handle | None = None, *, fails: int = 0, **options: Any) -> None:
        """``fails``: so many calls raise, as if the database were away."""
        self.got: list[str] = []
        self.called_at: list[float] = []
        self._handle = handle
        self._fails = fails
        self.broker = KafkaBroker(wire.servers, logger=None)
        given = {"auto_offset_reset": "earliest", "group_id": wire.prefix + "by-default", **options}
        self.subscriber = self.broker.subscriber(wire.prefix + "intake-cases", **given)
        self.subscriber(self._handled)

    @property
    def calls(self) -> int:
        return len(self.called_at)

    @property
    def consumer(self) -> AIOKafkaConsumer:
        assert self.subscriber.consumer is not None
        return self.subscriber.consumer

    async def _handled(self, value: Any, message: KafkaMessage) -> None:
        self.called_at.append(time.monotonic())
        if self.calls <= self._fails:
            raise RuntimeError("the database is away")
        if self._handle is not None:
            await self._handle(value, message)
        self.got += map(str, value) if isinstance(value, list | tuple) else [str(value)]

    def heard(self, word: str) -> bool:
        return any(word in one for one in self.got)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ByDefault"]:
        await self.broker.start()
        try:
            yield self
        finally:
            await self.broker.stop()


def gaps(moments: list[float]) -> list[float]:
    """Seconds between one and the next."""
    return [later - earlier for earlier, later in pairwise(moments)]
