# SPDX-License-Identifier: Apache-2.0
"""Hazards 13 and 17: case numbers without gap or repeat, and one case for what is submitted twice."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from intake_house import ByHand

from chassis.batch import Processor
from chassis.inputs import Input
from chassis.mongo import Conflict, Database, Session
from chassis.store import Store
from chassis.testing import StepClock, eventually
from chassis.testing.process import Killed, Process
from intake.consumers import CASES
from intake.domain.numbers import case_number
from intake.domain.submission import FileSubmission
from intake.filing.numbering import Numbering
from intake.filing.resolving import Resolver
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import SubmissionForm

pytestmark = pytest.mark.infra


def submission(name: str, received_at: datetime | None = None) -> FileSubmission:
    return FileSubmission(
        submission_id=name,
        channel="web",
        external_id=name,
        external_key=name,
        content_hash=name,
        actor=Actor(id="citizen", role="citizen"),
        tracking_code="7KQ2-M4TX-9RWZ-5",
        form=SubmissionForm(text="No llegó la cuota.", received_at=received_at),
    )


async def file(intake: Process, *submissions: FileSubmission) -> list[Input]:
    inputs = [Input(CASES, "", message=one) for one in submissions]
    await intake.runtime.processor.process(inputs)
    return inputs


async def numbers(database: Database) -> list[str]:
    """Year and consecutive of every case, in order."""
    rows = await database.collection("cases").find({}, {"state.number": 1}).to_list(None)
    return sorted(row["state"]["number"][5:16] for row in rows)


async def numbers_around_a_kill(intake: Process, database: Database) -> list[str]:
    """A process dies while it creates three cases; its successor files them again."""
    await file(intake, submission("first"))
    batch_of_three = [submission(f"s-{n}") for n in range(3)]
    intake.commit = "killed before"
    with pytest.raises(Killed):
        await file(intake, *batch_of_three)
    await intake.die()
    await file(intake, *batch_of_three)
    return await numbers(database)


@pytest.mark.hazard(13)
async def test_a_process_that_dies_while_it_numbers_leaves_no_gap(by_hand: ByHand, database: Database) -> None:
    assert await numbers_around_a_kill(await by_hand(), database) == [f"2026-00000{n}" for n in (1, 2, 3, 4)]


@pytest.mark.hazard(13, without="numbers are counted in the transaction that creates the cases")
async def test_numbers_taken_beforehand_are_lost_with_who_took_them(
    by_hand: ByHand, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = Numbering._number

    async def takes_a_block(self: Numbering, _: Session, creating: Any, now: datetime) -> None:
        await number(self, None, creating, now)  # type: ignore[arg-type]

    monkeypatch.setattr(Numbering, "_number", takes_a_block)
    assert await numbers_around_a_kill(await by_hand(), database) == [f"2026-00000{n}" for n in (1, 5, 6, 7)]


async def numbers_around_a_refusal(intake: Process, database: Database) -> list[str]:
    """The second of three raises when it is decided: it must not keep the number that it was given."""
    await file(intake, submission("a"), replace(submission("bad"), tracking_code=None), submission("c"))  # type: ignore[arg-type]
    return await numbers(database)


@pytest.mark.hazard(13)
async def test_what_cannot_be_filed_takes_no_number(by_hand: ByHand, database: Database) -> None:
    assert await numbers_around_a_refusal(await by_hand(), database) == ["2026-000001", "2026-000002"]


@pytest.mark.hazard(13, without="the batch is decided again without what took a number in vain")
async def test_a_number_that_was_taken_in_vain_is_a_gap(
    by_hand: ByHand, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = Numbering.__call__

    async def does_not_say(self: Numbering, *asked: Any) -> list[Input]:
        await call(self, *asked)
        return []

    monkeypatch.setattr(Numbering, "__call__", does_not_say)
    assert await numbers_around_a_refusal(await by_hand(), database) == ["2026-000001", "2026-000003"]


def conflicts_of(intake: Process) -> float | None:
    registry = intake.runtime.metrics.registry
    return registry.get_sample_value("ventanilla_conflicts_total", {"service": "intake"})


async def saved_in_vain(one: Process, other: Process, database: Database, monkeypatch: pytest.MonkeyPatch) -> int:
    """Two instances create cases at once: how often a whole batch was written and then thrown away."""
    await file(one, submission("first"))
    commit, save = one.runtime.database._commit, Store.save
    meanwhile: list[asyncio.Task[list[Input]]] = []
    saved: list[None] = []

    async def disturbed(session: Session) -> None:
        meanwhile.append(asyncio.create_task(file(other, submission("theirs"))))
        await eventually(lambda: meanwhile[0].done() or conflicts_of(other))
        await commit(session)

    async def counted(store: Store, *what: Any) -> None:
        saved.append(None)
        await save(store, *what)

    setattr(one.runtime.database, "_commit", disturbed)  # noqa: B010
    monkeypatch.setattr(Store, "save", counted)
    await file(one, submission("ours"))
    await asyncio.gather(*meanwhile)
    assert await numbers(database) == ["2026-000001", "2026-000002", "2026-000003"]
    return len(saved) - 2


@pytest.mark.hazard(13)
async def test_of_two_who_number_at_once_the_second_knows_it_before_any_work(
    by_hand: ByHand, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await saved_in_vain(await by_hand(), await by_hand(), database, monkeypatch) == 0


@pytest.mark.hazard(13, without="the counter is the first write")
async def test_a_counter_that_is_written_last_makes_the_loser_waste_a_batch(
    by_hand: ByHand, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = Store.save
    counted: list[int] = []

    async def only_looks(self: Numbering, session: Session, creating: Any, now: datetime) -> None:
        row = await self.database.collection("counters").find_one({"_id": now.year}, session=session)
        first = (row["n"] if row else 0) + 1
        for n, (item, command) in enumerate(creating, first):
            item.message = replace(command, number=case_number(self.org, now.year, n))
        counted[:] = [len(creating)]

    async def counts_at_the_end(store: Store, session: Session, *what: Any) -> None:
        await save(store, session, *what)
        counters = store.database.collection("counters")
        await counters.update_one({"_id": 2026}, {"$inc": {"n": counted[0]}}, upsert=True, session=session)

    monkeypatch.setattr(Numbering, "_number", only_looks)
    monkeypatch.setattr(Store, "save", counts_at_the_end)
    assert await saved_in_vain(await by_hand(), await by_hand(), database, monkeypatch) > 0


async def year_of_a_retry(one: Process, other: Process, database: Database, clock: StepClock) -> str:
    """A case is filed in the last second of a year; somebody is faster, and the retry falls into the next."""
    clock.set("2026-12-31T23:59:59-05:00")
    await file(one, submission("first"))
    load = one.runtime.processor._store.subjects
    faster = iter([submission("theirs")])

    async def overtaken(*asked: Any) -> Any:
        found = await load(*asked)
        for theirs in faster:
            await file(other, theirs)
            clock.set("2027-01-01T00:00:00-05:00")
            raise Conflict
        return found

    setattr(one.runtime.processor._store, "subjects", overtaken)  # noqa: B010
    [ours] = await file(one, submission("ours"))
    row = await database.collection("cases").find_one({"_id": ours.subject})
    return "" if row is None else str(row["state"]["number"][5:9])


@pytest.mark.hazard(13)
async def test_a_retry_keeps_the_year_in_which_it_began(
    by_hand: ByHand, database: Database, step_clock: StepClock
) -> None:
    assert await year_of_a_retry(await by_hand(), await by_hand(), database, step_clock) == "2026"


@pytest.mark.hazard(13, without="`now` is kept across retries")
async def test_a_retry_with_another_now_takes_a_number_of_another_year(
    by_hand: ByHand, database: Database, step_clock: StepClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = Processor._attempt

    async def at_its_own_time(processor: Processor, items: Any, _: datetime) -> None:
        await attempt(processor, items, processor._clock.now())

    monkeypatch.setattr(Processor, "_attempt", at_its_own_time)
    assert await year_of_a_retry(await by_hand(), await by_hand(), database, step_clock) == "2027"


async def transactions_for_a_repetition(intake: Process, database: Database) -> int:
    """The same submission three times in one batch, between others: how many transactions it took."""
    same = submission("same")
    inputs = await file(intake, submission("a"), same, same, submission("b"), same)
    assert [item.outcome["repeat"] for item in inputs] == [False, False, True, False, True]  # type: ignore[index]
    assert await numbers(database) == [f"2026-00000{n}" for n in (1, 2, 3)]
    return intake.transactions


@pytest.mark.hazard(17)
async def test_the_same_submission_again_in_one_batch_finds_the_first(by_hand: ByHand, database: Database) -> None:
    assert await transactions_for_a_repetition(await by_hand(), database) == 1


@pytest.mark.hazard(17, without="submissions are resolved in order first")
async def test_else_the_repetition_aborts_the_batch_and_it_is_saved_in_pieces(
    by_hand: ByHand, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Resolver._place

    def as_if_each_were_new(self: Resolver, item: Input, command: FileSubmission, known: Any, *others: Any) -> None:
        place(self, item, command, known, *others)
        if command.submission_id not in known:
            case_id = str(uuid4())
            item.subject, item.message = case_id, replace(command, case_id=case_id)

    monkeypatch.setattr(Resolver, "_place", as_if_each_were_new)
    assert await transactions_for_a_repetition(await by_hand(), database) > 1
