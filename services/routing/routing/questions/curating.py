# SPDX-License-Identifier: Apache-2.0
"""What an editor does with frequent questions, and which answers are given often enough to become one (CSC-04)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chassis.decision import Refused
from chassis.idempotency import Key
from chassis.ids import new_id
from chassis.mongo import CommitUnknown
from chassis.web.asking import refused, unavailable
from chassis.web.problems import FieldError, Problem
from routing.domain.earlier.masking import masked
from routing.domain.earlier.questions import (
    FrequentQuestion,
    QuestionStatus,
    changed_since,
    edited,
    in_brackets,
    made,
)
from routing.searching.building import StillBuilding
from routing.searching.entries import answer_of, known_of, serves_others, words_mark
from routing.searching.index import Often
from routing.searching.stems import stems
from ventanilla_contracts.envelope import Actor

OFTEN = 3
"""So many cases with the same answer are worth a question of its own."""
PROPOSED, SHOWN = 10, 3
FAR = 0.5
"""At least so much of a question's words, by weight, must be in what a person asks."""


class Questions(Protocol):
    """Where they are kept (routing.questions.store)."""

    async def all(
        self, status: QuestionStatus | None = None, area: str | None = None
    ) -> Sequence[FrequentQuestion]: ...

    async def one(self, id_: str) -> FrequentQuestion | None: ...

    async def add(self, question: FrequentQuestion, key: Key | None = None) -> FrequentQuestion | Refused: ...

    async def put(self, question: FrequentQuestion) -> bool: ...


class Answered(Protocol):
    """What an index says (routing.searching.searching). Raises StillBuilding."""

    async def often_answered(self, *, at_least: int, limit: int) -> Sequence[Often]: ...

    async def weights(self, asked: Sequence[str]) -> Mapping[str, float]: ...


@dataclass(frozen=True)
class Candidate:
    """An answer that many cases got: what some of them asked, and their numbers."""

    question: str
    answer: str
    area: str | None
    times: int
    cases: tuple[str, ...]


class Curating:
    """``read`` gives the states of cases by their ids, as the store has them now."""

    def __init__(
        self,
        store: Questions,
        index: Answered,
        read: Callable[[Sequence[str]], Awaitable[Sequence[Mapping[str, Any]]]],
    ) -> None:
        self.store = store
        self._index = index
        self._read = read

    async def question(self, id_: str) -> FrequentQuestion:
        """Raises Problem 404."""
        found = await self.store.one(id_)
        if found is None:
            raise Problem(404, "unknown-question")
        return found

    async def add(
        self, written: Mapping[str, Any], by: Actor, at: datetime, key: Key | None = None
    ) -> FrequentQuestion:
        """Added once under a ``key``. Raises Problem 422, and 503 where nobody knows whether it was added."""
        _refuse_brackets(written)
        try:
            kept = await self.store.add(made(new_id(), written, by, at), key)
        except CommitUnknown:
            raise unavailable(unknown=True) from None
        if isinstance(kept, Refused):
            raise refused(kept)
        return kept

    async def edit(
        self, id_: str, revision: int, written: Mapping[str, Any], by: Actor, at: datetime
    ) -> FrequentQuestion:
        """``revision``: the one that the editor saw. Raises Problem 404, 409 with what others changed, and 422."""
        _refuse_brackets(written)
        before = await self.question(id_)
        after = edited(before, written, by, at)
        if before.revision != revision or not await self.store.put(after):
            raise _changed(await self.question(id_), revision)
        return after

    async def nearest(self, asked: str) -> Sequence[tuple[float, FrequentQuestion]]:
        """The published ones that are about what is asked, the nearest first, with how near they are, 0 to 1."""
        words = frozenset(stems(asked))
        published = await self.store.all("published")
        every = sorted({stem for one in published for stem in stems(one.question)})
        weights = await self._weights(every)
        near = ((_nearness(one, words, weights), one) for one in published)
        return sorted(((share, one) for share, one in near if share >= FAR), key=lambda pair: -pair[0])[:SHOWN]

    async def candidates(self) -> Sequence[Candidate]:
        """Answers that were given often and are no question yet, the most frequent first. Raises StillBuilding."""
        known = {words_mark(one.answer) for one in await self.store.all()}
        often = await self._index.often_answered(at_least=OFTEN, limit=PROPOSED + len(known) + 1)
        new = [one for one in often if one.mark and one.mark not in known][:PROPOSED]
        made_of = [_candidate(one, await self._read(one.some)) for one in new]
        return [one for one in made_of if one is not None]

    async def _weights(self, every: Sequence[str]) -> Mapping[str, float]:
        """What a word tells; while nothing is known of answers, each as much."""
        try:
            told = await self._index.weights(every)
        except StillBuilding:
            told = {}
        return {stem: 1 + told.get(stem, 0.0) for stem in every}


def _candidate(often: Often, states: Sequence[Mapping[str, Any]]) -> Candidate | None:
    serving = [one for one in states if serves_others(one) and words_mark(answer_of(one)) == often.mark]
    if not serving:
        return None
    first = serving[0]
    areas = {(one.get("assignment") or {}).get("area") for one in serving}
    asked = masked(str(first.get("subject") or first.get("text") or ""), known_of(first))
    numbers = tuple(str(one["case_number"]) for one in serving)
    return Candidate(asked, answer_of(first), areas.pop() if len(areas) == 1 else None, often.times, numbers)


def _nearness(one: FrequentQuestion, words: frozenset[str], weights: Mapping[str, float]) -> float:
    asked = set(stems(one.question))
    whole = sum(weights[stem] for stem in asked)
    return sum(weights[stem] for stem in asked & words) / whole if whole else 0.0


def _refuse_brackets(written: Mapping[str, Any]) -> None:
    if in_brackets(written):
        code = "still-in-brackets"
        wrong = FieldError(field="$.answer", message=f"problems.{code}.title", expected=f"problems.{code}.expected")
        raise Problem(422, code, errors=[wrong])


def _changed(now: FrequentQuestion, revision: int) -> Problem:
    extra = {"changed": changed_since(now, revision), "revision": now.revision, "allowed": []}
    return Problem(409, "question-changed", extra=extra, values={"by": now.past[-1].by.id, "revision": now.revision})
