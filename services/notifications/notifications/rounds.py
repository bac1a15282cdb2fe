# SPDX-License-Identifier: Apache-2.0
"""The loop of the role ``send``, and in which handfuls its letters go."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Protocol

from chassis.log import get_logger
from chassis.mongo import Unavailable
from notifications.domain.letters import FIRST, SENT_ONCE, Letter
from notifications.telling import Outcomes

_log = get_logger(__name__)

PAUSE_SECONDS = 0.5
HANDFUL = 10
"""So many letters of a connection are marked, handed over and saved together."""


class Sending(Protocol):
    async def step(self) -> bool: ...
    async def end(self) -> None: ...


def handfuls(letters: Sequence[Letter]) -> Iterator[Sequence[Letter]]:
    """In order; what goes once is alone, so that a sender that dies leaves no more than one of them in doubt, and so is
    what goes first, so that no connection keeps it waiting for another one of its kind."""
    handful: list[Letter] = []
    for letter in letters:
        if letter.kind in SENT_ONCE or letter.place == FIRST:
            yield [letter]
        else:
            handful.append(letter)
        if len(handful) == HANDFUL:
            yield handful
            handful = []
    if handful:
        yield handful


async def send_for_ever(sender: Sending, outcomes: Outcomes, written: asyncio.Event) -> None:
    """The loop of the role ``send``: at once when this process has written a letter, else it looks for others'.

    Outcomes are saved until the last dialogue has ended.
    """
    saving = asyncio.create_task(outcomes.run(), name="letter-outcomes")
    try:
        while True:
            written.clear()
            try:
                busy = await sender.step()
            except Unavailable as error:
                _log.warning("sender-delayed", error=type(error).__name__)
                busy = False
                await asyncio.sleep(PAUSE_SECONDS)
            if not busy:
                with suppress(TimeoutError):
                    async with asyncio.timeout(PAUSE_SECONDS):
                        await written.wait()
    finally:
        await sender.end()
        saving.cancel()
        await asyncio.gather(saving, return_exceptions=True)
