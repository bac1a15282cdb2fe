# SPDX-License-Identifier: Apache-2.0
"""Conditions of the rules in the organisation's files: each names what it lets through, and all must."""

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from routing.domain.words import covers
from ventanilla_contracts.envelope import Frozen

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
"""An id as people write it in the files: words of a-z and digits, joined by hyphens."""

WORDS = "words"


class AtLeast(Frozen):
    """A number that is so great or greater."""

    at_least: int = Field(gt=0)


class Conditions(Frozen):
    """A field that is None lets everything through, a tuple what it names, a truth value that value, AtLeast a number.

    ``words`` asks whether one of its phrases was found in the text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    def hold(self, facts: Mapping[str, object], found: Collection[str] = ()) -> bool:
        """Whether a case with these facts, and these phrases in its text, is let through."""
        return all(self._lets_through(name, wanted, facts, found) for name, wanted in self._named)

    def include(self, other: "Conditions") -> bool:
        """Whether everything that the other lets through is let through here too."""
        theirs = dict(other._named)
        return all(name in theirs and _includes(name, wanted, theirs[name]) for name, wanted in self._named)

    @cached_property
    def _named(self) -> tuple[tuple[str, object], ...]:
        return tuple((name, value) for name in type(self).model_fields if (value := getattr(self, name)) is not None)

    @staticmethod
    def _lets_through(name: str, wanted: object, facts: Mapping[str, object], found: Collection[str]) -> bool:
        if name == WORDS and isinstance(wanted, tuple):
            return any(phrase in found for phrase in wanted)
        fact = facts.get(name)
        if isinstance(wanted, AtLeast):
            return isinstance(fact, int) and fact >= wanted.at_least
        return fact in wanted if isinstance(wanted, tuple) else fact is wanted


def _includes(name: str, mine: object, theirs: object) -> bool:
    if isinstance(mine, AtLeast) and isinstance(theirs, AtLeast):
        return mine.at_least <= theirs.at_least
    if not (isinstance(mine, tuple) and isinstance(theirs, tuple)):
        return mine is theirs
    if name == WORDS:
        return all(any(covers(general, special) for general in mine) for special in theirs)
    return set(theirs) <= set(mine)
