# SPDX-License-Identifier: Apache-2.0
"""`GET /events`: server-sent events for an open page. Numbers and versions only; what it means a page asks for."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from chassis.mongo import Unavailable
from chassis.web.auth import member_of
from routing.desk import Desk
from routing.live.feed import Feed
from routing.live.listening import Change, Listener, Position
from routing.roles import Reader
from ventanilla_contracts.envelope import Actor

HEARTBEAT_SECONDS = 15.0
GATHER_SECONDS = 0.2
"""What happens in so short a time is told at once."""
SKEW_SECONDS = 5
LIFETIME_SECONDS = 600.0
"""Then the browser connects again, and says anew who it is."""
_POSITION = re.compile(r"(\d{1,10})-(\d{1,10})")
ListName = Literal["mine", "all", "to-classify", "to-review"]


def events_router(desk: Desk, feed: Feed) -> APIRouter:
    """For whoever may read cases."""
    router = APIRouter(include_in_schema=False)

    @router.get("/events")
    async def events(
        request: Request,
        actor: Reader,
        case: Annotated[str, Query(max_length=40)] = "",
        shown: Annotated[ListName, Query(alias="list")] = "all",
        since: Annotated[str, Query(max_length=40)] = "",
        last_event_id: Annotated[str, Header(max_length=40)] = "",
    ) -> StreamingResponse:
        case_id = (await desk.case(case)).id if case else None
        told = Told(desk, actor, case_id, _here(shown, actor), request.app.state.stopping)
        feed.refuse_too_many(actor.id)

        async def frames() -> AsyncIterator[str]:
            area = member_of(request, actor).area
            with feed.listening(actor.id, case_id, position_of(last_event_id or since), area) as listener:
                async for frame in told.frames(listener):
                    yield frame

        return StreamingResponse(frames(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    return router


@dataclass(frozen=True)
class Told:
    """What one connection tells."""

    desk: Desk
    actor: Actor
    case_id: str | None
    here: Callable[[Change], bool]
    stopping: asyncio.Event

    async def frames(self, listener: Listener) -> AsyncIterator[str]:
        """Until the process stops or the connection is old. Something is said every 15 seconds."""
        until = time.monotonic() + LIFETIME_SECONDS
        yield "retry: 3000\n\n"
        try:
            while time.monotonic() < until and not self.stopping.is_set():
                await self._stay()
                something = await self._next(listener)
                for frame in self._said(listener) if something else [": \n\n"]:
                    yield frame
        finally:
            await self._go()

    async def _next(self, listener: Listener) -> bool:
        """Whether there is something to tell before the next heartbeat; at once where the process stops."""
        stops, told = asyncio.create_task(self.stopping.wait()), asyncio.create_task(listener.wait(HEARTBEAT_SECONDS))
        try:
            await asyncio.wait({stops, told}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stops.cancel()
        if told.done() and told.result():
            await asyncio.sleep(GATHER_SECONDS)
            return True
        told.cancel()
        return False

    def _said(self, listener: Listener) -> list[str]:
        changes, missed = listener.take()
        last = f"{changes[-1].at[0]}-{changes[-1].at[1]}" if changes else ""
        shown = [one for one in changes if listener.shows(one)]
        alarms = [one.number for one in changes if listener.alarmed_by(one)]
        cases = [{"number": one.number, "version": one.version, "here": self.here(one)} for one in shown if one.number]
        said = [_frame("emergency", alarms, last)] if alarms else []
        said += [_frame("missed", {}, last)] if missed else []
        said += [_frame("present", {}, last)] if any(not one.number for one in shown) else []
        return said + ([_frame("changed", cases, last)] if cases else [])

    async def _stay(self) -> None:
        if self.case_id is not None:
            await self.desk.presence.enter(self.case_id, self.actor.id, self.desk.clock.now())

    async def _go(self) -> None:
        if self.case_id is not None:
            with suppress(Unavailable):  # they lapse by themselves
                await asyncio.shield(self.desk.presence.leave(self.case_id, self.actor.id))


def position_now() -> str:
    """For a page that is made now: a little earlier, since clocks differ."""
    return f"{int(time.time()) - SKEW_SECONDS}-0"


def position_of(text: str) -> Position:
    """As a page or a browser says it; now, where it says nothing that could be one."""
    found = _POSITION.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else (int(time.time()), 0)


def _here(shown: ListName, actor: Actor) -> Callable[[Change], bool]:
    """Whether a case stands in this list now."""
    match shown:
        case "mine":
            return lambda change: change.open and change.responder == actor.id
        case "to-classify":
            return lambda change: change.to_classify
        case "to-review":
            return lambda change: change.to_review
    return lambda change: change.open


def _frame(event: str, data: Any, last: str) -> str:
    place = f"id: {last}\n" if last else ""
    return f"event: {event}\n{place}data: {json.dumps(data)}\n\n"
