# SPDX-License-Identifier: Apache-2.0
"""``python -m <service> dlq``: what the person at the terminal reads, and what it exits with."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from parked_house import House
from tests_toy import ToySettings, count, heard
from toy_instances import Terminal

from chassis.messages import Message
from chassis.mongo import Database
from chassis.testing import settings_for
from chassis.testing.process import wire_without_broker

pytestmark = pytest.mark.infra

Dlq = Callable[..., Awaitable[str]]


@pytest.fixture
def dlq(terminal: Terminal, database: Database, tmp_path: Path) -> Dlq:
    """Runs ``dlq``; fails unless it exits with ``code``; what it printed."""
    settings = settings_for(ToySettings, wire=wire_without_broker(), database=database, tmp_path=tmp_path, mended=True)
    run = terminal(settings)

    async def dlq(*words: str, code: int = 0) -> str:
        return await run("dlq", *words, code=code)

    return dlq


async def test_the_list_says_what_is_parked_and_how_many_without_what_people_wrote(house: House, dlq: Dlq) -> None:
    assert await dlq("list") == "nothing is parked\n"
    await house.hear("case-1", "raise", "a secret")
    await house.ring("case-2", "bad")
    listed = (await dlq("list")).splitlines()
    assert listed[0].split() == ["ID", "parked", "at", "subject", "topic", "type", "seq", "behind", "reason"]
    record, timer = (line.split("  ") for line in listed[1:3])
    assert record[0].startswith("intake-cases/")
    assert [cell.strip() for cell in record if cell][2:] == [
        "case-1",
        "intake-cases",
        "message-appended.v1",
        "2",
        "1",
        "ZeroDivisionError while deciding",
    ]
    assert timer[0] == "timer:cases/case-2/bad"
    assert listed[3] == "2 of 2 parked; 1 event waits behind them"
    assert "secret" not in "".join(listed)
    assert (await dlq("list", "--limit", "1")).endswith("1 of 2 parked; 1 event waits behind them\n")
    assert "timer:" not in await dlq("list", "--topic", "intake-cases", "--since", "2026-01-01")
    assert await dlq("list", "--subject", "nobody") == "nothing like that is parked; 2 in all\n"
    assert "expected a time such as" in await dlq("list", "--since", "yesterday", code=2)


async def test_one_is_shown_whole_with_a_warning_and_what_was_done_about_it(house: House, dlq: Dlq) -> None:
    message = house.message("case-1", "filed")
    evil = b"\x1b[2J{broken"
    await house.take(Message(message.topic, message.key, evil, message.headers))
    [one] = await house.parked()
    assert await dlq("replay", one.id, "--actor", "ivan-tabares", code=1)
    shown = await dlq("show", one.id)
    assert shown.startswith("It may hold personal data")
    assert "can be read now:  no: value: json_invalid" in shown
    assert "header ce_seq: 1" in shown
    assert "value: \\x1b[2J{broken" in shown
    assert "ivan-tabares" in shown.splitlines()[-1]
    assert "nothing is parked" in await dlq("show", "intake-cases/0/99/1", code=1)
    await house.ring("case-2", "bad")
    assert "due:" in await dlq("show", "timer:cases/case-2/bad")


async def test_a_replay_is_foretold_then_done_and_each_outcome_is_a_line(
    house: House, dlq: Dlq, database: Database
) -> None:
    await house.hear("case-1", "raise", "two")
    broken = Message("intake-cases", b"case-9", b"hello", [("ce_id", b"\xff")])
    await house.take(broken)
    bad, good = await house.parked()
    assert await dlq("replay", "--all", "--dry-run") == (
        f"{bad.id}  cannot be read: header ce_id: is not UTF-8\n{good.id}  can be read\n"
        "2 would be replayed; nothing was done\n"
    )
    assert await count(database, "audit") == 0
    done = await dlq("replay", "--all", "--rate", "50", "--actor", "ivan.tabares@example.org", code=1)
    assert done == f"{bad.id}  failed: header ce_id: is not UTF-8\n{good.id}  applied\n"
    assert await heard(database, "case-1") == ["filed", "raise", "two"]
    assert await dlq("replay", "--subject", "case-1", "--actor", "ivan-tabares") == "nothing like that is parked\n"
    acts = await dlq("acts", "--subject", "case-1")
    assert re.search(rf"replay +ivan-tabares +{good.id} +applied", acts)
    assert "nothing is parked" in await dlq("replay", good.id, "--actor", "ivan-tabares", code=1)
    assert "expected one of" in await dlq("replay", "--actor", "ivan-tabares", code=2)
    assert "expected one of" in await dlq("replay", bad.id, "--all", "--actor", "ivan-tabares", code=2)


async def test_who_acts_must_be_an_operator_of_the_staff_file(
    house: House, dlq: Dlq, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.hear("case-1", "raise")
    [one] = await house.parked()
    for actor, fault in (("nobody", "nobody is not in the staff file"), ("catalina-ospina", "has no role operator")):
        for act in (("replay",), ("discard", "--reason", "x")):
            told = " ".join((await dlq(*act, one.id, "--actor", actor, code=2)).split())
            assert fault in told
            assert "ivan-tabares" in told
    assert "say who acts" in await dlq("replay", one.id, code=2)
    assert await count(database, "audit") == 0
    monkeypatch.setenv("VENTANILLA_ACTOR", "ivan-tabares")
    assert await dlq("replay", one.id) == f"{one.id}  applied\n"


async def test_a_discard_needs_a_reason_and_its_turn(house: House, dlq: Dlq, database: Database) -> None:
    await house.hear("case-1", "raise", "two")
    last = house.message("case-2", "filed"), house.message("case-2", "last")
    await house.take(Message(last[1].topic, last[1].key, b"{broken", last[1].headers))
    one, blocked = await house.parked()
    operator = ("--actor", "ivan-tabares")
    await dlq("discard", one.id, *operator, code=2)
    assert "expected why" in await dlq("discard", one.id, "--reason", "  ", *operator, code=2)
    assert await dlq("discard", one.id, "--reason", "sent twice", *operator) == f"{one.id}  discarded\n"
    assert await heard(database, "case-1") == ["filed", "two"]
    assert "something before it" in await dlq("discard", blocked.id, "--reason", "x", *operator, code=1)
    assert "sent twice" in await dlq("acts")


async def test_the_help_says_what_the_exit_codes_mean(dlq: Dlq) -> None:
    for command in ("list", "show", "replay", "discard", "acts"):
        assert "Exit codes: 0 done; 1 not" in " ".join((await dlq(command, "--help")).split())
