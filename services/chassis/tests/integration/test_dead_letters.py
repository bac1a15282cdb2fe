# SPDX-License-Identifier: Apache-2.0
"""A record that raised is parked; a person replays or discards it, and what waited for it follows."""

import asyncio

import pytest
from tests_toy import Start, ToySettings, build, count, filed, hears, kind, said
from typer.testing import CliRunner

from chassis.command_line import command_line
from chassis.dead_letters import NotPossible
from chassis.messages import Message
from chassis.mongo import Database
from chassis.testing import Wire, eventually

pytestmark = pytest.mark.infra


async def park(wire: Wire, database: Database, start: Start, *texts: str) -> None:
    """Events of one case of which some raise; the rest waits."""
    await wire.publish("case-1", filed("N-1"), *(said(text) for text in texts))
    async with start():
        await eventually(lambda: count(database, "waiting"))


async def test_once_the_rule_is_mended_a_replay_is_followed_by_what_waited(
    wire: Wire, database: Database, start: Start
) -> None:
    await park(wire, database, start, "raise", "two", "three")
    async with start(mended=True) as service:
        letters = service.runtime.dead_letters
        [row] = await letters.parked("case-1")
        assert (row["seq"], row["reason"]) == (2, "ZeroDivisionError while deciding")
        [done] = await letters.replay([row])
        assert done.fault is None
        assert await hears(database, "case-1", "filed", "raise", "two", "three")
        assert await count(database, "parked") == await count(database, "waiting") == 0
        with pytest.raises(NotPossible, match="nothing is parked"):
            await letters.row(row["_id"])


async def test_a_replay_that_raises_again_leaves_it_parked(wire: Wire, database: Database, start: Start) -> None:
    await park(wire, database, start, "raise", "two")
    async with start() as service:
        letters = service.runtime.dead_letters
        [done] = await letters.replay(await letters.parked())
        assert done.fault == "ZeroDivisionError while deciding"
    assert await hears(database, "case-1", "filed")
    assert (await count(database, "parked"), await count(database, "waiting")) == (1, 1)


async def test_two_who_replay_the_same_at_once_apply_it_once(wire: Wire, database: Database, start: Start) -> None:
    await park(wire, database, start, "raise", "two")
    async with start(mended=True) as one, start(mended=True) as other:
        rows = await one.runtime.dead_letters.parked()
        await asyncio.gather(*(service.runtime.dead_letters.replay(rows) for service in (one, other)))
    assert await hears(database, "case-1", "filed", "raise", "two")
    assert await count(database, "parked") == 0


async def test_discarded_it_is_passed_over_and_the_audit_says_by_whom_and_why(
    wire: Wire, database: Database, start: Start
) -> None:
    await park(wire, database, start, "raise", "two")
    async with start() as service:
        letters = service.runtime.dead_letters
        [row] = await letters.parked()
        await letters.discard(row, reason="sent twice by the channel", actor="ana.gomez")
    assert await hears(database, "case-1", "filed", "two")
    assert await count(database, "parked") == await count(database, "waiting") == 0
    entry = await database.collection("audit").find_one({"record": row["_id"]})
    assert entry is not None
    assert (entry["actor"], entry["reason"], entry["seq"]) == ("ana.gomez", "sent twice by the channel", 2)


async def test_what_has_a_gap_before_it_cannot_be_discarded(wire: Wire, database: Database, start: Start) -> None:
    [first, gap, last] = [wire.message("case-1", event) for event in (filed("N-1"), said("gap"), said("last"))]
    await wire.send([first, Message(last.topic, last.key, b"{broken", last.headers)])
    async with start() as service:
        await eventually(lambda: count(database, "parked"))
        letters = service.runtime.dead_letters
        [row] = await letters.parked()
        with pytest.raises(NotPossible, match="something before it"):
            await letters.discard(row, reason="broken", actor="ana.gomez")
        await wire.send([gap])
        await eventually(lambda: hears(database, "case-1", "filed", "gap"))
        await letters.discard(row, reason="broken", actor="ana.gomez")
        assert (await service.runtime.processor._store.subjects(kind(service), ["case-1"]))["case-1"].applied[
            "intake-cases"
        ][0] == 3


async def test_a_record_without_envelope_is_only_looked_at_and_discarded(
    wire: Wire, database: Database, start: Start
) -> None:
    await wire.send([Message("intake-cases", b"case-1", b"hello", [("ce_id", b"\xff")])])
    async with start() as service:
        await eventually(lambda: count(database, "parked"))
        letters = service.runtime.dead_letters
        [row] = await letters.parked()
        assert [one.fault for one in await letters.replay([row])] == ["header ce_id: is not UTF-8"]
        await letters.discard(row, reason="not ours", actor="ana.gomez")
    assert (await count(database, "parked"), await count(database, "audit")) == (0, 1)


async def test_the_command_line_lists_shows_replays_and_discards(
    wire: Wire, database: Database, start: Start, toy_settings: type[ToySettings], monkeypatch: pytest.MonkeyPatch
) -> None:
    await park(wire, database, start, "raise", "two")
    for name, value in toy_settings().model_dump(exclude_none=True).items():
        monkeypatch.setenv(name.upper(), "x" * 32 if name == "signing_keys" else str(value))
    monkeypatch.setattr("chassis.log.configure", lambda *_, **__: None)  # the terminal here is gone after each command
    app = command_line(ToySettings, build)

    async def dlq(*words: str, code: int = 0) -> str:
        done = await asyncio.to_thread(CliRunner().invoke, app, ["dlq", *words])
        assert done.exit_code == code, done.output
        return done.output

    listed = await dlq("list")
    row_id = listed.split()[0]
    assert "case-1  message-appended.v1  ZeroDivisionError while deciding" in listed
    assert "header ce_seq: 2" in await dlq("show", row_id)
    assert await dlq("replay", "--subject", "case-1", "--dry-run") == f"{row_id}  can be read\n"
    assert "while deciding" in await dlq("replay", row_id, code=1)
    await dlq("discard", row_id, code=2)
    assert await dlq("discard", row_id, "--reason", "sent twice", "--actor", "ana") == f"{row_id}  discarded\n"
    assert "nothing is parked" in await dlq("show", row_id, code=1)
    assert await hears(database, "case-1", "filed", "two")
