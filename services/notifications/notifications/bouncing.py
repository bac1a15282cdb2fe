# SPDX-License-Identifier: Apache-2.0
"""Brings together the reports of mail servers and the letters that came back."""

from chassis.leases import Lease
from notifications.domain.bounces import LetterBounced
from notifications.domain.letters import OPEN
from notifications.store import Letters
from notifications.telling import Outcomes

STEP_SECONDS = 1.0
BATCH = 200


class Bouncing:
    """One process at a time; twice by misfortune is harmless: the first to be saved counts."""

    def __init__(self, letters: Letters, outcomes: Outcomes, lease: Lease) -> None:
        self._letters = letters
        self._outcomes = outcomes
        self._lease = lease

    async def step(self) -> None:
        """Settle what came back, unless the sender still has it in hand. Raises Unavailable."""
        reports = await self._letters.bounces(BATCH)
        if not reports or not await self._lease.hold():
            return
        for report_id, report in reports:
            letter = await self._letters.one(report["letter_id"])
            if letter is not None and letter.state not in OPEN:
                said = {name: report[name] for name in ("address", "status", "reason", "reported_at")}
                await self._outcomes.tell(LetterBounced(letter, report_id, **said))
