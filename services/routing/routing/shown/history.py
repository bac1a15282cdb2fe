# SPDX-License-Identifier: Apache-2.0
"""What happened to a case, line by line."""

from collections.abc import Sequence

from pydantic import Field

from routing.domain.case import Case, Happening
from routing.shown.summary import View
from routing.wording import Wording
from ventanilla_contracts.envelope import Actor, Instant


class HistoryLine(View):
    at: Instant
    actor: Actor
    by: str = Field(description="the actor as people call them")
    what: str
    facts: dict[str, str]
    words: str


class HistoryView(View):
    items: tuple[HistoryLine, ...]

    @classmethod
    def of(cls, case: Case, wording: Wording, locale: str) -> "HistoryView":
        return cls(items=lines_of(case.history, wording, locale))


def lines_of(history: Sequence[Happening], wording: Wording, locale: str) -> tuple[HistoryLine, ...]:
    """Who did what and when, in words."""
    return tuple(
        HistoryLine(**dict(one), by=wording.actor(one.actor, locale), words=wording.happening(one, locale))
        for one in history
    )
