# SPDX-License-Identifier: Apache-2.0
"""Versions of the escalation matrix: which one is in force, and which one open cases have to take (ICX-02)."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from ventanilla_contracts.envelope import Actor, Frozen, Instant

OpenCases = Literal["keep", "take"]
"""Open cases go on by the version that assigned them, or take the new one."""

Note = Annotated[str, Field(min_length=1, max_length=500)]
Version = Annotated[str, Field(min_length=1, max_length=60)]


class VersionHead(Frozen):
    """What is known of a version beside its rules: who put it in, when and why, and from when on it holds.

    Numbers begin with 1, without gaps; a version never changes once it is there.
    """

    number: int
    version: Version
    by: Actor
    at: Instant
    note: Note
    in_force_from: Instant
    open_cases: OpenCases


def in_force(heads: Sequence[VersionHead], now: Instant) -> VersionHead:
    """The last one that was put in of those whose time has come; the first one before that. Raises IndexError."""
    come = [head for head in heads if head.in_force_from <= now]
    return max(come, key=lambda head: head.number) if come else heads[0]


def to_take(heads: Sequence[VersionHead], now: Instant) -> int:
    """The number of the last version that was in force and has to be taken by open cases; 0 if there is none."""
    taken = (head.number for head in heads if head.in_force_from <= now and head.open_cases == "take")
    return max((number for number in taken if not superseded(number, heads)), default=0)


def superseded(number: int, heads: Sequence[VersionHead]) -> bool:
    """Whether a version never came into force, because a later one was in force by then."""
    mine = next(head for head in heads if head.number == number)
    return any(head.number > number and head.in_force_from < mine.in_force_from for head in heads)
