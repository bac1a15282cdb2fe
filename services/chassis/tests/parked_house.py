# SPDX-License-Identifier: Apache-2.0
"""A process of the toy service whose rules raise and one in which they are mended, over one store: what gets parked."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from tests_toy import Alarm, filed, said

from chassis.messages import Message
from chassis.operating.acts import By
from chassis.operating.dead_letters import DeadLetters
from chassis.operating.parked import Filter, Parked
from chassis.testing.process import Log, Process, wire_without_broker

ByHand = Callable[..., Awaitable[Process]]
ANA = By("ana.gomez")
NOW = datetime(2026, 3, 2, 13, tzinfo=UTC)


class House:
    """One process whose rules raise, and one in which they are mended, over the same store."""

    def __init__(self, broken: Process, mended: Process) -> None:
        self.broken = broken
        self.mended = mended
        self.letters: DeadLetters = mended.runtime.dead_letters
        self._wire = wire_without_broker()
        self._log = Log()

    async def hear(self, case: str, *texts: str) -> None:
        """A case is filed and these things are said about it, some of which raise."""
        events = (filed(f"N-{case}"), *(said(text) for text in texts))
        await self.broken.take(self._log.append_all([self._wire.message(case, event) for event in events]))

    async def take(self, *messages: Message) -> None:
        await self.broken.take(self._log.append_all(messages))

    def message(self, case: str, text: str) -> Message:
        return self._wire.message(case, filed(f"N-{case}") if text == "filed" else said(text))

    async def ring(self, case: str, name: str) -> None:
        """A timer of the case is due and raises."""
        await self.broken.ask(case, Alarm(name, NOW))
        await self.broken.runtime._timers.step()
        await self.broken.runtime._timers.release()

    async def parked(self, wanted: Filter | None = None) -> list[Parked]:
        return list((await self.letters.page(wanted)).items)

    async def replay(self, *parked: Parked, letters: DeadLetters | None = None, rate: float | None = None) -> list[str]:
        ids = [one.id for one in parked]
        return [one.outcome async for one in (letters or self.letters).replay(ids, ANA, rate)]

    async def outcomes(self) -> list[str]:
        """Of the acts, the last one first."""
        return [act["outcome"] for act in await self.letters.acts.history()]


@pytest.fixture
async def house(by_hand: ByHand) -> House:
    return House(await by_hand(), await by_hand(mended=True))
