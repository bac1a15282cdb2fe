# SPDX-License-Identifier: Apache-2.0
"""What would have been otherwise by another version of the matrix: case by case, and in numbers."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from routing.domain.matrix.foreseen import Foreseen, ForeseenLevel
from ventanilla_contracts.envelope import Frozen

Change = Literal["same", "earlier", "later", "new", "gone", "to-others"]
EXAMPLES = 5
MOST_MOVES = 200


class LevelChange(Frozen):
    """A level, by its name in the changed matrix (``gone``: in the one that it is compared with)."""

    level: int
    name: str
    change: Change


def level_changes(before: Foreseen, after: Foreseen) -> Iterator[LevelChange]:
    """A level is found again by its name, else by its number where no other has its name."""
    left = list(before.levels)
    for one in sorted(after.levels, key=lambda level: level.name not in {each.name for each in left}):
        former = _former(one, left, {each.name for each in after.levels})
        if former is not None:
            left.remove(former)
        yield LevelChange(level=one.level, name=one.name, change=_change(former, one))
    yield from (LevelChange(level=one.level, name=one.name, change="gone") for one in left)


def _former(one: ForeseenLevel, left: list[ForeseenLevel], names: set[str]) -> ForeseenLevel | None:
    named = next((each for each in left if each.name == one.name), None)
    return named or next((each for each in left if each.level == one.level and each.name not in names), None)


def _change(before: ForeseenLevel | None, after: ForeseenLevel) -> Change:
    if before is None:
        return "new"
    if before.at.replace(microsecond=0) != after.at.replace(microsecond=0):  # the milliseconds keep levels in order
        return "earlier" if after.at < before.at else "later"
    return "same" if set(before.to) == set(after.to) else "to-others"


class Move(Frozen):
    """Cases that somebody else would have had."""

    from_area: str
    from_responder: str
    to_area: str
    to_responder: str
    cases: int
    examples: tuple[str, ...]


class LevelCounts(Frozen):
    """What would have become of one level's escalations."""

    level: int
    name: str
    same: int = 0
    earlier: int = 0
    later: int = 0
    new: int = 0
    gone: int = 0
    to_others: int = 0
    examples: tuple[str, ...] = ()


class Held(Frozen):
    """How many cases an area or a responder would have had."""

    id: str
    before: int
    after: int


@dataclass
class Tally:
    """Counts case after case; keeps nothing of them but a few numbers as examples."""

    cases: int = 0
    assigned_otherwise: int = 0
    copies_otherwise: int = 0
    _moves: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    _levels: Counter[tuple[int, str, Change]] = field(default_factory=Counter)
    _held: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    _examples: dict[object, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, number: str, before: Foreseen, after: Foreseen) -> None:
        """``number``: the case's."""
        self.cases += 1
        for having, later in ((before, False), (after, True)):
            self._held["area", having.area, later] += 1
            self._held["responder", having.responder, later] += 1
        move = (before.area, before.responder, after.area, after.responder)
        if move[:2] != move[2:]:
            self.assigned_otherwise += 1
            self._moves[move] += 1
            self._note(move, number)
        self.copies_otherwise += set(before.copies) != set(after.copies)
        for one in level_changes(before, after):
            self._levels[one.level, one.name, one.change] += 1
            if one.change != "same":
                self._note((one.level, one.name), number)

    def _note(self, about: object, number: str) -> None:
        if len(examples := self._examples[about]) < EXAMPLES:
            examples.append(number)

    def moves(self) -> tuple[Move, ...]:
        """The most frequent first, so many at most."""
        names = ("from_area", "from_responder", "to_area", "to_responder")
        return tuple(
            Move(**dict(zip(names, move, strict=True)), cases=cases, examples=tuple(self._examples[move]))
            for move, cases in self._moves.most_common(MOST_MOVES)
        )

    def levels(self) -> tuple[LevelCounts, ...]:
        """In their order."""
        levels = sorted({(level, name) for level, name, _ in self._levels})
        return tuple(
            LevelCounts(
                level=level,
                name=name,
                examples=tuple(self._examples[level, name]),
                **{
                    change.replace("-", "_"): cases
                    for (one, its, change), cases in self._levels.items()
                    if (one, its) == (level, name)
                },
            )
            for level, name in levels
        )

    def held(self, what: Literal["area", "responder"]) -> tuple[Held, ...]:
        """By id."""
        ids = sorted({one for kind, one, _ in self._held if kind == what})
        return tuple(
            Held(id=one, before=self._held[what, one, False], after=self._held[what, one, True]) for one in ids
        )
