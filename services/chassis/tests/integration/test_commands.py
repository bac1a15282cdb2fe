# SPDX-License-Identifier: Apache-2.0
"""Commands on the real database: many in one commit, each told its own outcome, a repetition the first."""

import asyncio
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from tests_toy import Start, count, filed, heard, hears, note

from chassis.decision import Refused
from chassis.idempotency import OTHER_BODY
from chassis.mongo import Database, Taken
from chassis.testing import Wire, eventually

pytestmark = pytest.mark.infra


def sample(registry: CollectorRegistry, name: str) -> float:
    return registry.get_sample_value(name, {"service": "routing"}) or 0.0


async def test_many_commands_share_a_commit_and_each_is_told_its_own(
    wire: Wire, database: Database, start: Start
) -> None:
    async with start(roles=("api",)) as service:
        await note(service, "case-0", "first")
        texts = [*(f"n{n}" for n in range(50)), "refuse", "raise"]
        outcomes = await asyncio.gather(*(note(service, "case-1", text) for text in texts), return_exceptions=True)
        assert outcomes[:50] == [{"note": f"n{n}"} for n in range(50)]
        assert outcomes[50] == Refused("refused", allowed=("note",))
        assert isinstance(outcomes[51], ZeroDivisionError)
        assert sample(service.runtime.metrics.registry, "ventanilla_batch_items_count") <= 4
    assert await heard(database, "case-1") == [f"note n{n}" for n in range(50)]
    await wire.expect("routing-cases", 50, key="case-1")


async def test_a_key_repeated_hears_the_first_answer_and_with_another_body_a_refusal(
    wire: Wire, database: Database, start: Start
) -> None:
    async with start(roles=("api",)) as service:
        first = await note(service, "case-1", "a", key="k", body=b"a")
        again = await note(service, "case-1", "b", key="k", body=b"a")
        other = await note(service, "case-1", "b", key="k", body=b"b")
        assert first == again == {"note": "a"}
        assert other == OTHER_BODY
    assert await hears(database, "case-1", "note a")


async def test_the_same_key_at_once_in_two_instances_does_it_once(wire: Wire, database: Database, start: Start) -> None:
    async with start(roles=("api",)) as one, start(roles=("api",)) as other:
        asked = [note(service, "case-1", "a", key="k", body=b"a") for service in (one, other, one, other)]
        assert await asyncio.gather(*asked) == [{"note": "a"}] * 4
    assert await hears(database, "case-1", "note a")


async def test_a_refusal_is_judged_anew_under_the_same_key(wire: Wire, database: Database, start: Start) -> None:
    async with start(roles=("api",)) as service:
        assert isinstance(await note(service, "case-1", "refuse", key="k"), Refused)
        assert await note(service, "case-1", "a", key="k") == {"note": "a"}


async def test_two_instances_that_file_on_the_same_case_conflict_and_both_succeed(
    wire: Wire, database: Database, start: Start
) -> None:
    async with start(roles=("api",)) as one, start(roles=("api",)) as other:
        for n in range(10):
            await asyncio.gather(note(one, "case-1", f"one {n}"), note(other, "case-1", f"other {n}"))
        conflicts = [sample(s.runtime.metrics.registry, "ventanilla_conflicts_total") for s in (one, other)]
        assert sum(conflicts) > 0
    assert sorted(await heard(database, "case-1")) == sorted(
        f"note {who} {n}" for who in ("one", "other") for n in range(10)
    )
    seen = await wire.expect("routing-cases", 20, key="case-1")
    assert sorted(one.envelope.seq or 0 for one in seen) == list(range(1, 21))


async def test_a_row_whose_id_is_taken_for_ever_is_told_and_harms_no_other_command(
    wire: Wire, database: Database, start: Start
) -> None:
    async with start(roles=("api",)) as service:
        await note(service, "case-0", "taken")
        outcomes = await asyncio.gather(
            *(note(service, "case-1", text) for text in ("a", "taken", "b")), return_exceptions=True
        )
        assert isinstance(outcomes[1], Taken)
        assert [outcomes[0], outcomes[2]] == [{"note": "a"}, {"note": "b"}]
    assert await hears(database, "case-1", "note a", "note b")


async def test_commands_and_events_of_one_case_get_in_no_ones_way(wire: Wire, database: Database, start: Start) -> None:
    async with start() as service:
        await wire.publish("case-1", filed("N-1"))
        await asyncio.gather(*(note(service, "case-1", f"n{n}") for n in range(20)))
        await eventually(lambda: _length(database, 21))
    assert sorted(await heard(database, "case-1")) == sorted(["filed", *(f"note n{n}" for n in range(20))])
    assert await count(database, "parked") == 0


async def _length(database: Database, expected: int) -> bool:
    return len(await heard(database, "case-1")) == expected


async def test_what_was_changed_between_reading_and_writing_is_decided_again(
    wire: Wire, database: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with start(roles=("api",)) as slow, start(roles=("api",)) as quick:
        await note(quick, "case-1", "first")
        load = slow.runtime.processor._store.subjects
        others = iter(["in between"])

        async def loads_and_is_overtaken(*asked: Any) -> Any:
            found = await load(*asked)
            for text in others:
                await note(quick, "case-1", text)
            return found

        monkeypatch.setattr(slow.runtime.processor._store, "subjects", loads_and_is_overtaken)
        assert await note(slow, "case-1", "last") == {"note": "last"}
    assert await hears(database, "case-1", "note first", "note in between", "note last")
