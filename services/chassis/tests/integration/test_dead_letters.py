# SPDX-License-Identifier: Apache-2.0
"""What raised is parked; a person replays or discards it, what waited follows, and the audit names the person."""

import asyncio
import time
from datetime import UTC, datetime

import pytest
from parked_house import ANA, ByHand, House
from tests_toy import count, heard, hears, kind

from chassis.messages import Message
from chassis.mongo import Database
from chassis.operating.acts import BEGUN, By, NotPossible
from chassis.operating.parked import Filter, NotParked, UnknownCursor
from chassis.testing.process import Killed

pytestmark = pytest.mark.infra


async def test_once_the_rule_is_mended_a_replay_is_followed_by_what_waited(house: House, database: Database) -> None:
    await house.hear("case-1", "raise", "two", "three")
    [one] = await house.parked(Filter(subject="case-1"))
    assert (one.seq, one.type, one.reason) == (2, "message-appended.v1", "ZeroDivisionError while deciding")
    assert await house.letters.records.behind([one]) == {"case-1": 2}
    assert await house.replay(one) == ["applied"]
    assert await hears(database, "case-1", "filed", "raise", "two", "three")
    assert await count(database, "parked") == await count(database, "waiting") == 0
    with pytest.raises(NotParked, match="nothing is parked"):
        await house.letters.detail(one.id)
    [act] = await house.letters.acts.history("case-1")
    assert (act["what"], act["actor"], act["record"], act["outcome"]) == ("replay", "ana.gomez", one.id, "applied")


async def test_a_replay_that_raises_again_leaves_it_parked(house: House, database: Database) -> None:
    await house.hear("case-1", "raise", "two")
    [one] = await house.parked()
    outcome = await house.replay(one, letters=house.broken.runtime.dead_letters)
    assert outcome == ["failed: ZeroDivisionError while deciding"] == await house.outcomes()
    assert await hears(database, "case-1", "filed")
    assert (await count(database, "parked"), await count(database, "waiting")) == (1, 1)


async def test_what_is_replayed_before_its_turn_waits_for_it(house: House, database: Database) -> None:
    broken = house.message("case-1", "filed")
    await house.take(Message(broken.topic, broken.key, b"{broken", broken.headers))
    await house.hear("case-1", "two")
    last = house.message("case-1", "last")
    await house.take(Message(last.topic, last.key, b"{broken", last.headers))
    first, later = await house.parked()
    row = {"value": last.value}
    await database.collection("parked").update_one({"_id": later.id}, {"$set": row})  # a version that can read it
    assert await house.replay(later) == ["waits for its turn"]
    assert await house.letters.discard(first.id, ANA) == "discarded"
    assert await hears(database, "case-1", "filed", "two", "last")


async def test_a_filter_replays_what_it_names_at_the_rate_it_was_given(house: House, database: Database) -> None:
    for n in range(4):
        await house.hear(f"case-{n}", "raise")
    await house.take(Message("intake-cases", b"case-9", b"hello", [("ce_id", b"\xff")]))
    wanted = Filter(reason_contains="zerodivision", type="message-appended.v1", topic="intake-cases")
    chosen = await house.parked(wanted)
    assert [one.subject for one in chosen] == [f"case-{n}" for n in range(4)]
    assert (await house.letters.count(), await house.letters.count(wanted)) == (5, 4)
    await house.mended.runtime._count_parked()
    registry = house.mended.runtime.metrics.registry
    assert registry.get_sample_value("ventanilla_parked", {"service": "routing"}) == 5
    assert await house.parked(Filter(since=datetime.now(UTC).replace(year=2126))) == []
    started = time.monotonic()
    assert await house.replay(*chosen, rate=20) == ["applied"] * 4
    assert time.monotonic() - started >= 3 / 20
    assert [one.subject for one in await house.parked()] == [None]


async def test_the_list_is_turned_page_by_page_also_while_it_shrinks(house: House) -> None:
    for n in range(5):
        await house.hear(f"case-{n}", "raise")
        await house.ring(f"case-{n}", "bad")
    await house.take(Message("intake-cases", b"case-9", b"hello", [("ce_id", b"\xff")]))
    whole = [one.id for one in await house.parked()]
    assert len(whole) == len(set(whole)) == 11 == await house.letters.count()
    seen, cursor = list[str](), None
    while True:
        page = await house.letters.page(limit=2, cursor=cursor)
        seen += [one.id for one in page.items]
        cursor = page.next
        if cursor is None:
            break
        await house.letters.discard(page.items[-1].id, ANA)
    assert seen == whole
    for wrong in ("?", "e30=", "W10=", "WzEsMl0="):
        with pytest.raises(UnknownCursor):
            await house.letters.page(cursor=wrong)


async def test_two_who_replay_the_same_at_once_apply_it_once(house: House, database: Database, by_hand: ByHand) -> None:
    await house.hear("case-1", "raise", "two")
    await house.ring("case-2", "bad")
    found = await house.parked()
    other = (await by_hand(mended=True)).runtime.dead_letters
    told = await asyncio.gather(house.replay(*found), house.replay(*found, letters=other))
    assert await heard(database, "case-1") == ["filed", "raise", "two"]
    assert await heard(database, "case-2") == ["timer bad"]
    for mine, others in zip(*told, strict=True):
        assert {mine, others} <= {"applied", "done elsewhere"}
        assert "applied" in (mine, others)
    assert BEGUN not in await house.outcomes()


async def test_discarded_it_is_passed_over_and_the_audit_says_by_whom_and_why(house: House, database: Database) -> None:
    await house.hear("case-1", "raise", "two")
    [one] = await house.parked()
    assert await house.letters.discard(one.id, By("ana.gomez", "sent twice by the channel")) == "discarded"
    assert await hears(database, "case-1", "filed", "two")
    assert await count(database, "parked") == await count(database, "waiting") == 0
    [act] = await house.letters.acts.history(record=one.id)
    assert (act["actor"], act["reason"], act["seq"]) == ("ana.gomez", "sent twice by the channel", 2)


async def test_what_has_a_gap_before_it_cannot_be_discarded(house: House, database: Database) -> None:
    first, gap, last = (house.message("case-1", text) for text in ("filed", "gap", "last"))
    await house.take(first, Message(last.topic, last.key, b"{broken", last.headers))
    [one] = await house.parked()
    with pytest.raises(NotPossible, match="something before it"):
        await house.letters.discard(one.id, ANA)
    assert await house.outcomes() == []
    await house.take(gap)
    assert await house.letters.discard(one.id, ANA) == "discarded"
    toy = kind(house.mended.service)
    [subject] = (await house.mended.runtime.processor._store.subjects(toy, ["case-1"])).values()
    assert subject.applied["intake-cases"][0] == 3


async def test_a_record_without_envelope_or_of_a_topic_that_is_read_no_more_is_looked_at_and_discarded(
    house: House, database: Database
) -> None:
    await house.take(Message("intake-cases", b"case-1", b"hello", [("ce_id", b"\xff")]))
    [one] = await house.parked()
    assert (await house.letters.detail(one.id)).fault == "header ce_id: is not UTF-8"
    assert await house.replay(one) == ["failed: header ce_id: is not UTF-8"]
    await database.collection("parked").update_one({"_id": one.id}, {"$set": {"source": "bygone"}})
    assert await house.replay(one) == ["failed: topic bygone: this version does not read it"]
    assert await house.letters.discard(one.id, ANA) == "discarded"
    assert await count(database, "parked") == 0


async def test_a_timer_that_raised_is_fired_again_or_forgotten(house: House, database: Database) -> None:
    for name in ("bad", "bad and old"):
        await house.ring("case-1", name)
    await house.ring("case/2", "bad")
    fired, old, other = await house.parked()
    assert [(one.subject, one.type) for one in (fired, old, other)] == [
        ("case-1", "timer bad"),
        ("case-1", "timer bad and old"),
        ("case/2", "timer bad"),
    ]
    assert await house.parked(Filter(type="timer bad and old")) == [old]
    assert await house.parked(Filter(topic="intake-cases")) == await house.parked(Filter(type="case-filed.v1")) == []
    assert (await house.letters.detail(other.id)).parked == other
    broken = house.broken.runtime.dead_letters
    assert await house.replay(fired, letters=broken) == ["failed: ZeroDivisionError while deciding"]
    assert await house.letters.count() == 3
    assert await house.replay(fired, other) == ["applied"] * 2
    assert await house.letters.discard(old.id, ANA) == "discarded"
    assert await heard(database, "case-1") == ["timer bad"]
    assert await heard(database, "case/2") == ["timer bad"]
    assert await house.letters.count() == 0
    assert await house.replay(old) == ["done elsewhere"]


async def test_an_act_that_is_broken_off_is_still_begun_and_can_be_asked_again(
    house: House, database: Database
) -> None:
    await house.hear("case-1", "raise", "two")
    await house.ring("case-2", "bad")
    for one in await house.parked():
        house.mended.commit = "killed before"
        with pytest.raises(Killed):
            await house.replay(one)
    assert await house.outcomes() == [BEGUN, BEGUN]
    assert await count(database, "parked") == 1
    await house.mended.runtime._timers.step()  # the timer is set again: the role timers fires it
    assert await house.replay(*await house.parked()) == ["applied"]
    assert await heard(database, "case-1") == ["filed", "raise", "two"]
    assert await heard(database, "case-2") == ["timer bad"]


async def test_an_act_that_was_done_but_whose_end_was_not_heard_is_done(house: House, database: Database) -> None:
    await house.hear("case-1", "raise", "two")
    [one] = await house.parked()
    house.mended.commit = "killed after"
    with pytest.raises(Killed):
        await house.replay(one)
    assert await house.outcomes() == ["applied"]
    assert await house.replay(one) == ["done elsewhere"]
    assert await heard(database, "case-1") == ["filed", "raise", "two"]


async def test_what_follows_from_a_replay_is_published(house: House, database: Database) -> None:
    filing = house.message("case-1", "filed")
    await house.take(Message(filing.topic, filing.key, b"{broken", filing.headers))
    [one] = await house.parked()
    await database.collection("parked").update_one({"_id": one.id}, {"$set": {"value": filing.value}})
    assert await house.replay(one) == ["applied"]
    await house.mended.publish()
    assert [message.topic for message in house.mended.broker.messages] == ["routing-cases"]
