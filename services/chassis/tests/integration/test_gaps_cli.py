# SPDX-License-Identifier: Apache-2.0
"""``python -m <service> gaps`` and ``resync``: what the person at the terminal reads, and what they exit with."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from tests_toy import Note, Start, ToySettings, count, delivered, filed, hears, said
from toy_instances import Terminal

from chassis.mongo import Database
from chassis.testing import Wire, eventually, settings_for
from chassis.testing.process import Log, Process, wire_without_broker

pytestmark = pytest.mark.infra

ByHand = Callable[..., Awaitable[Process]]
CASE = ("--subject", "case-1")
OURS = ("--topic", "intake-cases")
IVAN = ("--actor", "ivan-tabares")


async def test_a_gap_is_listed_looked_for_and_at_last_accepted(
    wire: Wire, database: Database, start: Start, toy_settings: Callable[..., ToySettings], terminal: Terminal
) -> None:
    run = terminal(toy_settings())
    first, _, third, fourth = (wire.message("case-1", event) for event in (filed("N-1"), *map(said, ("2", "3", "4"))))
    await wire.send([first, third, fourth, wire.message("case-1", delivered(), seen={"intake-cases": 4})])
    async with start(("consume",)):
        await eventually(lambda: has_read(database))
    lines = (await run("gaps", "list")).splitlines()
    [listed] = [[cell.strip() for cell in line.split("  ") if cell] for line in lines[1:-1]]
    assert listed[:4] == ["case-1", "intake-cases", "2", "intake-cases 3-4, notifications-deliveries 1"]
    assert (listed[-1], lines[-1]) == ("none", "1 of 1 subjects of which events wait")
    assert await run("gaps", "reread", *CASE, *IVAN, code=1) == "intake-cases 2  not in the log\n"
    nowhere = await run("gaps", "republish", *CASE, *OURS, *IVAN, code=1)
    assert nowhere.startswith("intake-cases 2  nowhere\n")
    assert "python -m reporting gaps accept --subject case-1 --topic intake-cases --reason" in nowhere
    accept = ("gaps", "accept", *CASE, *OURS, "--reason", "lost with the old broker")
    assert "say who acts" in await run(*accept, code=2)
    assert "has no role operator" in await run(*accept, "--actor", "catalina-ospina", code=2)
    assert "expected why" in await run(*accept[:-1], " ", *IVAN, code=2)
    assert await run(*accept, *IVAN) == "intake-cases of case-1: accepted\n"
    assert await hears(database, "case-1", "filed", "3", "4", "delivered")
    assert "nothing of intake-cases is missing" in await run(*accept, *IVAN, code=1)
    assert await run("gaps", "list") == "nothing is missing\n"


async def has_read(database: Database) -> bool:
    """Three events wait, so all that was published is read."""
    return await count(database, "waiting") == 3


async def test_without_a_broker_a_gap_is_listed_and_nothing_is_accepted(
    by_hand: ByHand, database: Database, tmp_path: Path, terminal: Terminal
) -> None:
    run = terminal(settings_for(ToySettings, wire=wire_without_broker(), database=database, tmp_path=tmp_path))
    toy, wire = await by_hand(), wire_without_broker()
    wire.message("case-1", filed("N-1"))
    await toy.take(Log().append_all([wire.message("case-1", said("two"))]))
    assert "not known: the broker does not answer" in await run("gaps", "list")
    accepted = await run("gaps", "accept", *CASE, *OURS, *IVAN, "--reason", "lost", code=1)
    assert "whether what is missing is on the topic is not known" in accepted
    assert "KAFKA_BOOTSTRAP_SERVERS" in await run("gaps", "reread", *CASE, *IVAN, code=1)


async def test_resync_says_what_it_lifts_and_waits_until_the_service_is_stopped(
    wire: Wire, by_hand: ByHand, toy_settings: Callable[..., ToySettings], terminal: Terminal
) -> None:
    run = terminal(toy_settings())
    toy = await by_hand()
    await toy.ask("case-1", Note("one"))
    await toy.publish()
    await wire.send(toy.broker.messages)
    assert "stop these processes first" in await run("resync", code=1)
    for process in (toy.outbox.process, toy.runtime.process):
        await toy.runtime.heartbeats.retire(process)
    await toy.runtime.database.collection("cases").update_one({}, {"$set": {"emitted": {}}})
    assert await run("resync", "--dry-run") == "routing-cases: 1 subjects, 1 to lift\n"
    assert await run("resync") == "routing-cases: 1 subjects, 1 lifted\n"
    assert await run("resync") == "routing-cases: 1 subjects, 0 lifted\n"
