# SPDX-License-Identifier: Apache-2.0
"""What an operator looks after in a service, for its pages and its API: the same acts, and what can go wrong."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from chassis.mongo import Conflict
from chassis.operating.acts import Acts, By, NotPossible
from chassis.operating.dead_letters import DeadLetters
from chassis.operating.gap_acts import GapActs
from chassis.operating.parked import Filter, NotParked, Outcome, UnknownCursor
from chassis.web.auth import require
from chassis.web.problems import FieldError, Problem
from ventanilla_contracts.envelope import Actor

Operator = Annotated[Actor, Depends(require("operator"))]
MOST_AT_ONCE = 50
"""So many are replayed for one request; the terminal has no such limit."""
LONGEST_REASON = 500


@dataclass(frozen=True)
class Operations:
    """``stopped``: whether the consumer of this process stopped itself, since most of what it read would be parked."""

    service: str
    dead_letters: DeadLetters
    gaps: GapActs
    stopped: Callable[[], bool]

    @property
    def acts(self) -> Acts:
        return self.dead_letters.acts

    async def replay(self, parked_id: str, actor: Actor) -> Outcome:
        """Raises Problem 404, Unavailable."""
        with as_problems():
            await self.dead_letters.fault(parked_id)
        return (await _all(self.dead_letters.replay([parked_id], By(actor.id))))[0]

    async def replay_subject(self, subject: str, actor: Actor) -> list[Outcome]:
        """What is parked of one subject, at most MOST_AT_ONCE. Raises Unavailable."""
        page = await self.dead_letters.page(Filter(subject=subject), MOST_AT_ONCE)
        return await _all(self.dead_letters.replay([one.id for one in page.items], By(actor.id)))

    async def discard(self, parked_id: str, actor: Actor, reason: str) -> Outcome:
        """Raises Problem 404, 409, Unavailable."""
        with as_problems():
            return Outcome(parked_id, await self.dead_letters.discard(parked_id, By(actor.id, reason)))


@contextmanager
def as_problems() -> Iterator[None]:
    """What cannot be done, in the words of who must act."""
    try:
        yield
    except NotParked:
        raise Problem(404, "not-parked") from None
    except NotPossible:
        raise Problem(409, "parked-behind-another") from None
    except Conflict:
        raise Problem(409) from None
    except UnknownCursor:
        told = "problems.parked-cursor-unknown"
        error = FieldError(field="query.cursor", message=f"{told}.title", expected=f"{told}.expected")
        raise Problem(422, "parked-cursor-unknown", errors=[error]) from None


async def _all(replayed: AsyncIterator[Outcome]) -> list[Outcome]:
    return [one async for one in replayed]
