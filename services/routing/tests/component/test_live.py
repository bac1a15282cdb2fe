# SPDX-License-Identifier: Apache-2.0
"""What an open page is told: numbers and versions, within bounds, until the process stops."""

import asyncio
import json
from typing import Any

import pytest
from routing_story import AGENT, filed, said

from chassis.web.problems import Problem
from routing.live.events import Told, position_of
from routing.live.feed import MOST_OF_ONE_MEMBER, Feed
from routing.live.listening import MOST_PENDING, Change, Listener

NUMBER = "CAJA-2026-000001-1"
PAGE = f"/cases/{NUMBER}"
HERE = Change((5, 1), "case-1", NUMBER, 7, responder=AGENT.id, open=True)
SOMEBODY_CAME = Change((6, 1), "case-1")


@pytest.fixture
def filed_case(cases: Any) -> Any:
    cases.hear("case-1", filed())
    return cases


async def test_who_opens_a_case_sees_who_else_has_it_open(doors: Any, filed_case: Any) -> None:
    alone = (await doors.browser("catalina-ospina").get(PAGE)).text
    second = (await doors.browser("andres-mejia").get(PAGE)).text
    assert "también tiene abierto" not in alone
    assert "Catalina Ospina también tiene abierto este caso desde las 10:15" in second
    piece = (await doors.browser("catalina-ospina").get(f"{PAGE}/present")).text
    assert "Andrés Mejía también tiene abierto este caso" in piece
    assert "<html" not in piece


async def test_what_happened_since_is_told_in_words(doors: Any, filed_case: Any) -> None:
    browser = doors.browser("catalina-ospina")
    before = (await browser.get(f"{PAGE}/changes?since=4")).text
    filed_case.hear("case-1", said())
    after = (await browser.get(f"{PAGE}/changes?since=4")).text
    assert before.strip() == ""
    assert "la persona: La persona escribió de nuevo por correo electrónico" in after


async def test_who_is_not_signed_in_is_told_nothing(doors: Any, filed_case: Any) -> None:
    for address in (f"{PAGE}/present", f"{PAGE}/changes?since=0"):
        assert (await doors.client().get(address)).status_code == 401


def frames_of(told: str) -> list[tuple[str, Any]]:
    frames = [dict(line.split(": ", 1) for line in one.split("\n") if ": " in line) for one in told.split("\n\n")]
    return [(one["event"], json.loads(one["data"])) for one in frames if "event" in one]


async def first(listener: Listener, n: int, *, stopping: asyncio.Event | None = None) -> str:
    """So many pieces of what a connection of an agent is told."""
    told = Told(None, AGENT, None, lambda change: change.responder == AGENT.id, stopping or asyncio.Event())  # type: ignore[arg-type]
    frames = told.frames(listener)
    return "".join([await anext(frames) for _ in range(n)])


async def test_a_page_is_told_numbers_and_versions_and_nothing_of_anybody() -> None:
    listener = Listener(AGENT.id)
    listener.tell(HERE)
    said = await first(listener, 2)
    assert frames_of(said) == [("changed", [{"number": NUMBER, "version": 7, "here": True}])]
    assert "id: 5-1\n" in said
    assert AGENT.id not in said


async def test_of_a_case_that_changes_often_the_latest_is_told() -> None:
    listener = Listener(AGENT.id)
    for version in range(1000):
        listener.tell(Change((5, version), "case-1", NUMBER, version))
    [(_, [case])] = frames_of(await first(listener, 2))
    assert case["version"] == 999


async def test_who_reads_too_slowly_is_told_to_look_again_and_takes_no_more_room() -> None:
    listener = Listener(AGENT.id)
    for n in range(MOST_PENDING + 1):
        listener.tell(Change((5, n), f"case-{n}", f"N-{n}", 1))
    assert frames_of(await first(listener, 2))[0] == ("missed", {})


async def test_a_case_page_hears_of_its_case_and_who_came_and_a_list_does_not() -> None:
    page, queue, other = Listener("a", "case-1"), Listener("a"), Listener("a", "case-2")
    for listener in (page, queue, other):
        listener.tell(SOMEBODY_CAME)
        listener.tell(HERE)
    assert [len(listener.take()[0]) for listener in (page, queue, other)] == [2, 1, 0]


async def test_an_emergency_of_theirs_or_of_their_area_is_told_on_whatever_page_they_have_open() -> None:
    emergency = Change((7, 1), "case-9", "N-9", 4, responder="diego", open=True, area="salud", emergency=True)
    theirs, of_area, elsewhere = (
        Listener("diego", "case-1"),
        Listener("marta", "case-1", "salud"),
        Listener("ana", "case-1", "vivienda"),
    )
    of_no_area, at_the_case = Listener("nora", "case-1"), Listener("diego", "case-9")
    for listener in (theirs, of_area, elsewhere, of_no_area, at_the_case):
        listener.tell(emergency)
    assert frames_of(await first(theirs, 2)) == [("emergency", ["N-9"])]
    assert frames_of(await first(of_area, 2)) == [("emergency", ["N-9"])]
    assert elsewhere.take() == of_no_area.take() == ([], False)
    assert [name for name, _ in frames_of(await first(at_the_case, 2))] == ["changed"]


async def test_an_emergency_that_somebody_has_taken_up_alarms_nobody() -> None:
    page = Listener("nora", "case-1", "salud")
    page.tell(Change((7, 1), "case-9", "N-9", 4, open=True, area="salud", emergency=True))
    page.tell(Change((7, 2), "case-9", "N-9", 5, open=True, area="salud"))
    assert page.take() == ([], False)
    queue = Listener("diego")
    queue.tell(Change((7, 2), "case-9", "N-9", 5, responder="diego", open=True, area="salud"))
    assert [name for name, _ in frames_of(await first(queue, 2))] == ["changed"]


async def test_a_connection_ends_when_the_process_stops() -> None:
    stopping = asyncio.Event()
    told = Told(None, AGENT, None, lambda _: True, stopping)  # type: ignore[arg-type]
    frames = told.frames(Listener(AGENT.id))
    await anext(frames)
    asyncio.get_running_loop().call_soon(stopping.set)  # while it waits for something to tell
    assert [frame async for frame in frames] == [": \n\n"]


class NoDatabase:
    def collection(self, _: str) -> None:
        return None


def test_one_member_has_only_so_many_connections() -> None:
    feed = Feed(NoDatabase())  # type: ignore[arg-type]
    begun = [feed.listening(AGENT.id, None, position_of("")) for _ in range(MOST_OF_ONE_MEMBER)]
    for one in begun:
        one.__enter__()
    with pytest.raises(Problem, match="503"):
        feed.refuse_too_many(AGENT.id)
    feed.refuse_too_many("somebody-else")
    begun[0].__exit__(None, None, None)
    feed.refuse_too_many(AGENT.id)


@pytest.mark.parametrize("said_so", ["", "x", "1-", "-1", "99999999999-1", "1;2"])
def test_a_place_that_is_none_is_now(said_so: str) -> None:
    assert position_of(said_so)[0] > 1_700_000_000


def test_a_place_long_ago_is_missed_and_a_late_page_does_not_lose_what_came_first() -> None:
    feed = Feed(NoDatabase())  # type: ignore[arg-type]
    now = position_of("")
    with feed.listening("a", None, now), feed.listening("b", None, (now[0] - 5, 0)) as late:
        assert feed._from == (now[0] - 5, 0)
        feed._tell(HERE)
        with feed.listening("c", None, (1, 0)) as old:
            assert old.take()[1]
        assert not late.take()[1]
