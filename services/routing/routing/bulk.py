# SPDX-License-Identifier: Apache-2.0
"""One command about many cases: each is decided by itself, and each says what came of it (ADR 0030)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from fastapi import Request

from chassis.commands import NotAnswered
from chassis.decision import Refused
from chassis.web.asking import refused, unavailable
from chassis.web.door import door_of, locale_of
from chassis.web.problem_handlers import problem_document
from chassis.web.problems import Problem, ProblemDocument
from routing.desk import Desk
from routing.domain.commands import Assign, Classify
from routing.domain.versions import OnVersion, happened_since
from routing.shown.history import HistoryLine, lines_of
from routing.versions import CHANGED

MOST = 200
Outcome = Literal["done", "refused", "changed", "unknown-case", "not-answered"]


@dataclass(frozen=True)
class Chosen:
    """A case by number; ``version`` as it was seen, None: whatever happened since."""

    number: str
    version: int | None = None


@dataclass(frozen=True)
class Came:
    """What came of it for one case; ``version`` is the one that it has where it was changed meanwhile."""

    number: str
    outcome: Outcome
    why: ProblemDocument | None = None
    changes: Sequence[HistoryLine] = ()
    version: int | None = None


@dataclass(frozen=True)
class Bulk:
    """One request: who asks, and under which key; the same key again hears what was done the first time."""

    desk: Desk
    request: Request
    command: Assign | Classify
    key: str | None

    async def each(self, chosen: Sequence[Chosen]) -> list[Came]:
        """In the order of the choice, each case once. Raises chassis.mongo.Unavailable."""
        once = {one.number: one for one in chosen}
        ids = await self.desk.store.ids(list(once))
        return list(await asyncio.gather(*(self._one(one, ids) for one in once.values())))

    async def _one(self, chosen: Chosen, ids: Mapping[str, str]) -> Came:
        case_id = ids.get(chosen.number)
        if case_id is None:
            return Came(chosen.number, "unknown-case", self._told(Problem(404, "unknown-case")))
        message = self.command if chosen.version is None else OnVersion(self.command, chosen.version)
        who = self.command.actor.id
        try:
            outcome = await self.desk.commands.execute(
                self.desk.cases,
                case_id,
                message,
                traceparent=self.request.state.traceparent,
                key=f"{who} bulk {self.key} {chosen.number}" if self.key else None,
                body=repr(message).encode(),
            )
        except NotAnswered as error:
            return Came(
                chosen.number, "not-answered", self._told(unavailable(unknown=error.unknown)), (), chosen.version
            )
        if not isinstance(outcome, Refused):
            return Came(chosen.number, "done")
        return await self._refused(chosen, outcome)

    async def _refused(self, chosen: Chosen, outcome: Refused) -> Came:
        why = self._told(refused(outcome))
        if outcome.code != CHANGED or chosen.version is None:
            return Came(chosen.number, "refused", why)
        case = await self.desk.case(chosen.number)
        lines = lines_of(happened_since(case, chosen.version), self.desk.wording, locale_of(self.request))
        return Came(chosen.number, "changed", why, lines, case.version)

    def _told(self, problem: Problem) -> ProblemDocument:
        return problem_document(door_of(self.request).catalogue, locale_of(self.request), problem)
