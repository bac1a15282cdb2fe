# SPDX-License-Identifier: Apache-2.0
"""How a term was counted, in a sentence or two: the same on pages, at the API, in letters and at the terminal."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Protocol

from routing.domain.clock.words import DeadlineWords
from ventanilla_contracts.envelope import LocalDate
from ventanilla_contracts.routing import TermInWords, TraceDay

WEEKEND = frozenset({"saturday", "sunday"})
BY_DAY = frozenset({"business-day", "extension"})


class Explainable(Protocol):
    """A computed deadline, or what a case keeps of it."""

    @property
    def anchor(self) -> LocalDate: ...

    @property
    def trace(self) -> tuple[TraceDay, ...]: ...


def in_words(deadline: Explainable, words: Mapping[str, DeadlineWords]) -> TermInWords | None:
    """In both languages; None where the house has not its words."""
    if not words:
        return None
    return TermInWords(es=explained(deadline, words["es"]), en=explained(deadline, words["en"]))


def explained(deadline: Explainable, words: DeadlineWords) -> str:
    """What counts, from when, and what does not and why.

    A term whose clock stands still is told as far as it was counted.
    """
    counted = [day for day in deadline.trace if day.counted]
    if not counted:
        return words.summary["nothing-yet"].format(anchor=words.date(deadline.anchor))
    facts = {
        "count": len(counted),
        "anchor": words.date(deadline.anchor),
        "first": words.date(counted[0].date),
        "last": words.date(counted[-1].date),
    }
    kind = next((day.reason for day in counted if day.reason not in BY_DAY), "business-day")
    kind = "calendar-day" if kind == "moved-to-business-day" else kind
    said = [words.summary[kind].format(**facts)]
    beyond = sum(day.reason == "extension" for day in counted)
    if beyond:
        said.append(words.summary["extension"].format(count=beyond))
    idle = list(left_out(deadline.trace, words, words.reason))
    if idle:
        said.append(words.summary["left-out"].format(groups="; ".join(idle)))
    return " ".join(said)


def left_out(trace: Sequence[TraceDay], words: DeadlineWords, reason_of: Callable[[str], str]) -> Iterator[str]:
    """What did not count, in groups of days that follow each other for the same reason."""
    idle = [day for day in trace if not day.counted and day.reason != "anchor"]
    weekends = sum(day.reason in WEEKEND for day in idle)
    if weekends:
        yield words.summary["weekends"].format(count=weekends)
    others = [day for day in idle if day.reason not in WEEKEND]
    for reason, group in groupby(others, key=lambda day: day.reason):
        days = list(group)
        key = "one-day" if len(days) == 1 else "several-days"
        yield words.summary[key].format(
            first=words.date(days[0].date),
            last=words.date(days[-1].date),
            count=len(days),
            why=_lowered(reason_of(reason)),
        )


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
