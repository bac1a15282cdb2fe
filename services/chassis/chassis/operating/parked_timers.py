# SPDX-License-Identifier: Apache-2.0
"""Timers that raised: they lie parked in their subject's document, and nothing fires them until a person says so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

from chassis.batch import Processor
from chassis.decision import TimerFired
from chassis.inputs import Input
from chassis.mongo import Database, Session, translated
from chassis.operating.acts import Acts, By
from chassis.operating.parked import TIMER_PREFIX, Filter, NotParked, Parked
from chassis.subjects import Aggregate, Timer, timer_of

ANY_PARKED: Mapping[str, Any] = {"timers.parked": {"$type": "string"}}
"""As the filter of the index says it (store.PARKED_TIMERS_INDEX)."""


@dataclass(frozen=True, slots=True)
class ParkedTimer:
    """A timer that raised; its id is made of the kind of subject, the subject and the timer's name."""

    aggregate: Aggregate
    subject: str
    name: str
    timer: Timer

    @property
    def id(self) -> str:
        return f"{TIMER_PREFIX}{self.aggregate.name}/{quote(self.subject, safe='')}/{quote(self.name, safe='')}"

    @property
    def order(self) -> tuple[str, datetime, str]:
        """Each subject's timers are replayed in the order of their times."""
        return self.subject, self.timer.due, self.id

    def listed(self) -> Parked:
        return Parked(self.id, self.subject, None, f"timer {self.name}", None, self.timer.parked or "", self.timer.due)

    def about(self) -> dict[str, object]:
        """For its acts."""
        return {"subject": self.subject, "type": f"timer {self.name}", "due": self.timer.due}

    def within(self) -> dict[str, Any]:
        """Finds its subject while it is parked there."""
        same = {"name": self.name, "due": self.timer.due, "parked": {"$type": "string"}}
        return {"_id": self.subject, "timers": {"$elemMatch": same}}


class ParkedTimers:
    """The parked timers of one service."""

    def __init__(self, database: Database, processor: Processor, aggregates: Iterable[Aggregate], acts: Acts) -> None:
        self._database = database
        self._processor = processor
        self._aggregates = {aggregate.name: aggregate for aggregate in aggregates}
        self._acts = acts

    async def count(self, wanted: Filter) -> int:
        """How many timers. Raises Unavailable."""
        asked = wanted.of_timers()
        if asked is None:
            return 0
        steps = [*_each_timer(wanted, asked), {"$count": "timers"}]
        found = 0
        for name in self._aggregates:
            with translated():
                rows = await self._database.collection(name).aggregate(steps).to_list(None)
            found += sum(row["timers"] for row in rows)
        return found

    async def page(self, wanted: Filter, limit: int, after: tuple[str, datetime] | None = None) -> list[Parked]:
        """At most ``limit``, after a timer of this id and due time. Raises Unavailable."""
        asked, found = wanted.of_timers(), list[Parked]()
        if asked is None:
            return found
        kind, subject, _ = _parts(after[0]) if after else ("", "", "")
        kinds = list(self._aggregates)
        for name in kinds[kinds.index(kind) if kind in kinds else 0 :]:
            begin = subject if name == kind else ""
            timers = await self._of_kind(self._aggregates[name], _each_timer(wanted, asked, begin, limit + 1))
            if after is not None and name == kind:
                timers = [timer for timer in timers if timer.order > (subject, after[1], after[0])]
            found += [timer.listed() for timer in timers]
            if len(found) >= limit:
                break
        return found[:limit]

    async def _of_kind(self, aggregate: Aggregate, steps: list[dict[str, Any]]) -> list[ParkedTimer]:
        with translated():
            rows = await self._database.collection(aggregate.name).aggregate(steps).to_list(None)
        timers = [ParkedTimer(aggregate, row["_id"], row["timers"]["name"], timer_of(row["timers"])) for row in rows]
        return sorted(timers, key=lambda timer: timer.order)

    async def one(self, timer_id: str) -> ParkedTimer:
        """Raises NotParked or Unavailable."""
        kind, subject, name = _parts(timer_id)
        if kind in self._aggregates:
            wanted = Filter(subject=subject, type=f"timer {name}")
            for timer in await self._of_kind(self._aggregates[kind], _each_timer(wanted, wanted.of_timers() or {})):
                return timer
        raise NotParked(timer_id)

    async def replay(self, parked: ParkedTimer, by: By) -> str:
        """Fire it again; what became of it. If this breaks off once it is set again, the role ``timers`` fires it.

        Raises Unavailable.
        """
        act = await self._acts.begin("replay", parked.id, by, parked.about())
        again = {"$set": {"timers.$.parked": None}, "$min": {"due": parked.timer.due}, "$inc": {"version": 1}}
        subjects = self._database.collection(parked.aggregate.name)
        with translated():
            if not (await subjects.update_one(parked.within(), again)).matched_count:
                return await self._acts.end(act, "done elsewhere")
        fired = TimerFired(parked.name, parked.timer.due, parked.timer.data)
        item = Input(parked.aggregate, parked.subject, message=fired, traceparent=parked.timer.traceparent)
        item.beside = (act.done("applied"),)
        await self._processor.process([item])
        if isinstance(item.outcome, Exception):
            return await self._acts.end(act, f"failed: {type(item.outcome).__name__} while deciding")
        with translated():
            raised = await subjects.find_one(parked.within(), {"_id": 1})
        return await self._acts.end(act, "failed: it raised again" if raised else "applied")

    async def discard(self, parked: ParkedTimer, by: By) -> str:
        """Forget it: it never fires. Raises Conflict or Unavailable."""
        act = await self._acts.begin("discard", parked.id, by, parked.about())
        gone = {"$pull": {"timers": {"name": parked.name, "due": parked.timer.due}}, "$inc": {"version": 1}}

        async def work(session: Session) -> None:
            subjects = self._database.collection(parked.aggregate.name)
            changed = await subjects.update_one(parked.within(), gone, session=session)
            await self._acts.end_within(session, act, "discarded" if changed.matched_count else "done elsewhere")

        await self._database.transaction_again(work)
        return await self._acts.end(act, "discarded")


def _each_timer(
    wanted: Filter, asked: Mapping[str, Any], begin: str = "", subjects: int | None = None
) -> list[dict[str, Any]]:
    """A row for each timer that is like ``asked``, of the first so many subjects from ``begin`` on."""
    which = {**ANY_PARKED, "timers": {"$elemMatch": asked}}
    if wanted.subject is not None:
        which["_id"] = wanted.subject
    elif begin:
        which["_id"] = {"$gte": begin}
    return [
        {"$match": which},
        {"$sort": {"_id": 1}},
        *([{"$limit": subjects}] if subjects else []),
        {"$project": {"timers": 1}},
        {"$unwind": "$timers"},
        {"$match": {f"timers.{field}": value for field, value in asked.items()}},
    ]


def _parts(timer_id: str) -> tuple[str, str, str]:
    kind, _, rest = timer_id.removeprefix(TIMER_PREFIX).partition("/")
    subject, _, name = rest.partition("/")
    return kind, unquote(subject), unquote(name)
