# SPDX-License-Identifier: Apache-2.0
"""The queue of commands when the database is slow, away or in doubt."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import pytest
from tests_toy import Note, cases

from chassis import commands as module
from chassis.commands import Commands, NotAnswered
from chassis.inputs import Input
from chassis.mongo import CommitUnknown, Unavailable

Work = Callable[[Sequence[Input]], Awaitable[None]]


class Processor:
    """Stands for the one door: does what the test says."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.asked: list[str] = []

    async def process(self, items: Sequence[Input]) -> None:
        self.asked += [item.message.text for item in items if isinstance(item.message, Note)]
        await self.work(items)


@asynccontextmanager
async def answering(work: Work) -> AsyncIterator[tuple[Commands, Processor]]:
    processor = Processor(work)
    commands = Commands(processor)  # type: ignore[arg-type]
    task = asyncio.create_task(commands.run())
    try:
        yield commands, processor
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def ask(commands: Commands, text: str) -> object:
    return await commands.execute(cases(), "c", Note(text))


async def save(items: Sequence[Input]) -> None:
    for item in items:
        item.outcome, item.saved = {"n": 1}, True


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWER_SECONDS", 0.1)


async def test_what_nobody_waits_for_any_more_is_not_begun() -> None:
    free = asyncio.Event()

    async def slow(items: Sequence[Input]) -> None:
        await free.wait()
        await save(items)

    async with answering(slow) as (commands, processor):
        answers = await asyncio.gather(ask(commands, "first"), return_exceptions=True)
        with pytest.raises(NotAnswered) as late:
            await ask(commands, "late")
        assert isinstance(answers[0], NotAnswered)
        assert (answers[0].unknown, late.value.unknown) == (True, False)
        free.set()
        assert await ask(commands, "next") == {"n": 1}
        assert processor.asked == ["first", "next"]


@pytest.mark.parametrize(("error", "unknown"), [(Unavailable(), False), (CommitUnknown(), True)])
async def test_an_away_database_is_told_and_whether_it_may_be_done(error: Exception, unknown: bool) -> None:
    async def away(_: Sequence[Input]) -> None:
        raise error

    async with answering(away) as (commands, _):
        with pytest.raises(NotAnswered) as told:
            await ask(commands, "x")
        assert told.value.unknown is unknown


async def test_what_was_saved_is_told_even_if_the_other_half_of_its_commit_failed() -> None:
    async def half(items: Sequence[Input]) -> None:
        await save(items[:1])
        items[1].outcome = {"n": "only thought of"}
        raise Unavailable

    async with answering(half) as (commands, _):
        first, second = await asyncio.gather(ask(commands, "a"), ask(commands, "b"), return_exceptions=True)
        assert first == {"n": 1}
        assert isinstance(second, NotAnswered)
