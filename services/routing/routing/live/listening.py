# SPDX-License-Identifier: Apache-2.0
"""One open page, as the feed knows it: what it has yet to be told, within bounds, however slowly it reads."""

import asyncio
from dataclasses import dataclass, field

MOST_PENDING = 500

Position = tuple[int, int]
"""When the database wrote something: the same for every process; seconds, and which within the second."""


@dataclass(frozen=True, slots=True)
class Change:
    """Of a case: numbers only, nothing of anybody; ``number`` is "" where somebody came to look at it."""

    at: Position
    case_id: str
    number: str = ""
    version: int = 0
    responder: str = ""
    open: bool = False
    to_classify: bool = False
    to_review: bool = False
    area: str = ""
    emergency: bool = False
    """Nobody has taken it up yet."""


@dataclass(eq=False)
class Listener:
    """``case_id``: only what is about this case; None: about all. ``missed``: there was more than can be told.

    An emergency of the member or of their ``area`` is told whatever the page is about (SQR-03).
    """

    member: str
    case_id: str | None = None
    area: str = ""
    missed: bool = False
    _pending: dict[tuple[str, str], Change] = field(default_factory=dict)
    _told: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, change: Change) -> None:
        """The latest of a case stands for all before. Never waits."""
        key = (change.case_id, change.number)
        if not self.shows(change) and not self.alarmed_by(change):
            self._pending.pop(key, None)  # an emergency that was taken up meanwhile
            return
        if key not in self._pending and len(self._pending) >= MOST_PENDING:
            self.miss()
            return
        self._pending[key] = change
        self._told.set()

    def shows(self, change: Change) -> bool:
        """Whether it is about what stands on the page."""
        return bool(change.number) if self.case_id is None else self.case_id == change.case_id

    def alarmed_by(self, change: Change) -> bool:
        """Whether it is an emergency that the member must hear of, and not the case that they have open."""
        theirs = change.responder == self.member or (bool(self.area) and change.area == self.area)
        return change.emergency and theirs and self.case_id != change.case_id

    def miss(self) -> None:
        self._pending.clear()
        self.missed = True
        self._told.set()

    async def wait(self, seconds: float) -> bool:
        """Until there is something to tell; False if there is nothing in this time."""
        try:
            async with asyncio.timeout(seconds):
                await self._told.wait()
        except TimeoutError:
            return False
        return True

    def take(self) -> tuple[list[Change], bool]:
        """What there is to tell, in its order, and whether something was missed; nothing of it is kept."""
        changes = sorted(self._pending.values(), key=lambda change: change.at)
        missed, self.missed = self.missed, False
        self._pending.clear()
        self._told.clear()
        return changes, missed
