# SPDX-License-Identifier: Apache-2.0
"""The answers nearest to a case that were given before, without what tells whose they were (CSC-04)."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from routing.domain.case import Case
from routing.domain.earlier.differences import Difference, differences
from routing.domain.earlier.masking import masked
from routing.searching.entries import answer_of, asked_of, known_of, serves_others, words_mark
from routing.searching.stems import stems

LOOKED_AT, SHOWN = 8, 5
FAR = 0.3
"""Of what tells in a text, at least so much must be in the other: else they are about something else."""

_ASKED_BY = {"subject", "text", "person", "case_number", "product", "product_reference", "regulator", "tutela"}
States = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class EarlierAnswer:
    """``nearness``: the share of what tells in the case's text that was asked here too, 0 to 1.

    ``times``: how many of the nearest cases were answered in these words.
    """

    case_number: str
    asked: str
    text: str
    answered_at: datetime
    area: str
    area_name: str
    nearness: float
    times: int
    differences: tuple[Difference, ...]


class Nearest(Protocol):
    """What an index says (routing.searching.searching). Raises StillBuilding."""

    async def nearest(self, asked: Collection[str], area: str, *, limit: int) -> Sequence[str]: ...

    async def weights(self, asked: Collection[str]) -> Mapping[str, float]: ...


class EarlierAnswers:
    """``read`` gives the states of cases by their ids, as the store has them now."""

    def __init__(self, index: Nearest, read: Callable[[Sequence[str]], Awaitable[States]]) -> None:
        self._index = index
        self._read = read

    async def nearest(self, case: Case, now: datetime) -> Sequence[EarlierAnswer]:
        """The nearest first, at most five; answers in the same words once. Raises StillBuilding and Unavailable."""
        state = case.model_dump(include={*_ASKED_BY, "classification"})
        asked = frozenset(stems(asked_of(state)))
        area = case.assignment.area if case.assignment else ""
        ids = await self._index.nearest(asked, area, limit=LOOKED_AT + 1)
        found = await self._read([one for one in ids if one != case.id][:LOOKED_AT])
        weights = await self._index.weights(asked)
        near = [(_nearness(one, weights), one) for one in found if serves_others(one)]
        near = sorted(((share, one) for share, one in near if share >= FAR), key=lambda pair: -pair[0])
        return [_answer(same, state, share, now) for share, same in _in_other_words(near)[:SHOWN]]

    @staticmethod
    def taken(case: Case) -> str:
        """The text of its answer, as it may serve another case; empty where it has none that does."""
        state = case.model_dump(include={*_ASKED_BY, "answered", "answers", "withdrawn"})
        return answer_of(state) if serves_others(state) else ""


def _answer(same: States, now: Mapping[str, Any], nearness: float, at: datetime) -> EarlierAnswer:
    """The first of those that were answered in the same words."""
    then = same[0]
    known, answered_at = known_of(then), then["answered"]["at"]
    assignment = then.get("assignment") or {}
    return EarlierAnswer(
        case_number=then["case_number"],
        asked=masked("\n".join(one for one in (then.get("subject"), then.get("text")) if one), known),
        text=answer_of(then),
        answered_at=answered_at,
        area=assignment.get("area", ""),
        area_name=assignment.get("area_name", ""),
        nearness=round(nearness, 2),
        times=len(same),
        differences=differences(then, now, answered_at, at),
    )


def _nearness(then: Mapping[str, Any], weights: Mapping[str, float]) -> float:
    there = frozenset(stems(f"{then.get('subject', '')} {then.get('text', '')}"))
    whole = sum(weights.values())
    return sum(weight for stem, weight in weights.items() if stem in there) / whole if whole else 0.0


def _in_other_words(near: Sequence[tuple[float, Mapping[str, Any]]]) -> Sequence[tuple[float, States]]:
    """Cases that were answered in the same words, but for what tells whose they are, at the place of the nearest."""
    said: dict[str, tuple[float, list[Mapping[str, Any]]]] = {}
    for share, one in near:
        said.setdefault(words_mark(answer_of(one)), (share, []))[1].append(one)
    return list(said.values())
