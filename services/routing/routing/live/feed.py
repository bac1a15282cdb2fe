# SPDX-License-Identifier: Apache-2.0
"""What is written about cases by any process, told to the pages that are open in this one.

One change stream a process, and only while somebody listens. It begins where the first page was made, so nothing is
lost in between; what was told lately is kept for pages that connect again.
"""

import asyncio
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from bson import Timestamp
from pymongo.errors import OperationFailure

from chassis.log import get_logger
from chassis.mongo import Conflict, Database, Unavailable, translated
from chassis.web.problems import Problem
from routing.consumers import CASES
from routing.domain.case import FIRST
from routing.live.listening import Change, Listener, Position
from routing.live.presence import PRESENCE, case_of

MOST_LISTENERS = 300
MOST_OF_ONE_MEMBER = 30
KEPT = 2000
PAUSE_SECONDS = 2.0
LONGEST_AGO_SECONDS = 900
"""Who was away longer asks for all of it anew."""
LOOK_MILLISECONDS = 500
_SHOWN = (
    "state.case_number",
    "state.version",
    "state.open",
    "state.status",
    "state.place",
    "state.to_classify",
    "state.to_review",
    "state.assignment.area",
    "state.assignment.responder.id",
)
_PIPELINE: Sequence[Mapping[str, Any]] = (
    {
        "$match": {
            "$or": [
                {"ns.coll": CASES, "operationType": {"$in": ["insert", "replace"]}},
                {"ns.coll": PRESENCE, "operationType": "insert"},
                {"ns.coll": PRESENCE, "updateDescription.updatedFields.since": {"$exists": True}},
            ]
        }
    },
    {"$project": {"clusterTime": 1, "documentKey": 1, "ns": 1, **{f"fullDocument.{name}": 1 for name in _SHOWN}}},
)
_log = get_logger(__name__)


class Feed:
    """Of one process; ``run`` is a loop of it."""

    def __init__(self, database: Database) -> None:
        self._cases = database.collection(CASES)
        self._listeners: set[Listener] = set()
        self._wanted = asyncio.Event()
        self._kept: deque[Change] = deque(maxlen=KEPT)
        self._from: Position | None = None
        """Everything since then is kept; None while nobody listens."""
        self._begun = False

    def refuse_too_many(self, member: str) -> None:
        """Raises Problem 503."""
        of_member = sum(one.member == member for one in self._listeners)
        if len(self._listeners) >= MOST_LISTENERS or of_member >= MOST_OF_ONE_MEMBER:
            raise Problem(503, "too-many-listeners", headers={"Retry-After": "30"})

    @contextmanager
    def listening(
        self, member: str, case_id: str | None, since: Position, area: str | None = None
    ) -> Iterator[Listener]:
        """``since``: what was written from then on is told; ``area``: the member's."""
        listener = Listener(member, case_id, area or "")
        self._catch_up(listener, since)
        self._listeners.add(listener)
        self._wanted.set()
        try:
            yield listener
        finally:
            self._listeners.discard(listener)
            if not self._listeners:
                self._wanted.clear()

    def _catch_up(self, listener: Listener, since: Position) -> None:
        now = int(time.time())
        if since[0] < now - LONGEST_AGO_SECONDS:
            listener.miss()
        asked = since if now - LONGEST_AGO_SECONDS <= since[0] <= now else (now, 0)
        if self._from is None or (asked < self._from and not self._begun):
            self._from = asked
        elif asked < self._from:
            listener.miss()
        for change in self._kept:
            if change.at >= asked:
                listener.tell(change)

    async def run(self) -> None:
        """For ever; while the database is away pages wait."""
        while True:
            await self._wanted.wait()
            try:
                with translated():
                    await self._watch()
            except (Unavailable, Conflict) as error:
                _log.warning("feed-waits", error=type(error).__name__)
                await asyncio.sleep(PAUSE_SECONDS)
            except OperationFailure as error:  # what was asked for is not in the server's log any more
                _log.warning("feed-begins-anew", code=error.code)
                self._forget()
                await asyncio.sleep(PAUSE_SECONDS)

    async def _watch(self) -> None:
        position = self._position()
        at = Timestamp(*position) if position else None
        watching = self._cases.database.watch(
            list(_PIPELINE), start_at_operation_time=at, max_await_time_ms=LOOK_MILLISECONDS
        )
        self._begun = True
        async with watching as stream:
            while self._wanted.is_set():
                found = await stream.try_next()
                if found is not None:
                    self._tell(_change(found))
            self._rest()  # at once: who comes while the stream is closed begins a new one

    def _position(self) -> Position | None:
        """Where to go on: after what was told last."""
        return self._kept[-1].at if self._kept else self._from

    def _tell(self, change: Change) -> None:
        if len(self._kept) == KEPT:
            self._from = self._kept[1].at
        self._kept.append(change)
        for listener in self._listeners:
            listener.tell(change)

    def _rest(self) -> None:
        self._kept.clear()
        self._from = None
        self._begun = False

    def _forget(self) -> None:
        self._rest()
        for listener in self._listeners:
            listener.miss()


def _change(found: Mapping[str, Any]) -> Change:
    at, key = (found["clusterTime"].time, found["clusterTime"].inc), found["documentKey"]["_id"]
    if found["ns"]["coll"] == PRESENCE:
        return Change(at, case_of(key))
    state = found.get("fullDocument", {}).get("state") or {}
    assignment = state.get("assignment") or {}
    return Change(
        at,
        key,
        number=state.get("case_number", ""),
        version=state.get("version", 0),
        responder=assignment.get("responder", {}).get("id", ""),
        open=state.get("open", False),
        to_classify=state.get("to_classify", False),
        to_review=state.get("to_review", False),
        area=assignment.get("area", ""),
        emergency=state.get("place") == FIRST and state.get("status") == "assigned",
    )
