# SPDX-License-Identifier: Apache-2.0
"""The outcomes of letters on their way into their cases."""

import asyncio

from chassis.commands import Commands, NotAnswered
from chassis.subjects import Aggregate
from notifications.domain.bounces import LetterBounced
from notifications.domain.outcomes import Outcome

PAUSE_SECONDS = 0.5


class Outcomes:
    """Says what became of letters: many in one commit, again until it is saved."""

    def __init__(self, commands: Commands, cases: Aggregate) -> None:
        self._commands = commands
        self._cases = cases
        self.closing = False

    async def run(self) -> None:
        await self._commands.run()

    async def tell(self, outcome: Outcome | LetterBounced) -> None:
        """Saved on return; raises NotAnswered only while the process ends."""
        while True:
            try:
                await self._commands.execute(self._cases, outcome.letter.case_id, outcome)
            except NotAnswered:
                if self.closing:
                    raise
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                return
