# SPDX-License-Identifier: Apache-2.0
"""What the pages for operators show, ready for their templates."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Any, get_args
from urllib.parse import urlencode

from fastapi import Request

from chassis.operating.dead_letters import DeadLetters, Detail
from chassis.operating.parked import Filter, OutcomeKind, Parked
from chassis.safe_text import printable, text_of
from chassis.web.door import door_of, locale_of

PAGE = 50
CAUSES = {" while deciding": "rule", " while saving": "saving", "a process ended": "death"}
"""What the reason of a parked one tells by; all others say what cannot be read of a record."""
LONGEST_SHOWN = 20_000
"""Characters of a record's content; the terminal shows it whole."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The filter as it was typed into the form."""

    subject: str = ""
    topic: str = ""
    kind: str = ""
    reason: str = ""
    since: date | None = None

    def filter(self, zone: tzinfo) -> Filter:
        since = None if self.since is None else datetime.combine(self.since, time(), zone)
        return Filter(self.subject or None, self.topic or None, self.kind or None, self.reason or None, since)

    def query(self, cursor: str) -> str:
        """Of the address of a page of the list."""
        typed = {name: str(getattr(self, name) or "") for name in ("subject", "topic", "kind", "reason", "since")}
        return urlencode({name: value for name, value in {**typed, "cursor": cursor}.items() if value})


@dataclass(frozen=True, slots=True)
class ParkedSection:
    """The list of what is parked; ``total`` and ``all``: how many pass the filter, and how many there are."""

    items: Sequence[Parked]
    behind: Mapping[str, int]
    total: int
    all: int
    typed: Typed
    following: str | None
    continued: bool

    @classmethod
    async def read(cls, letters: DeadLetters, typed: Typed, zone: tzinfo, cursor: str) -> "ParkedSection":
        """Raises UnknownCursor, Unavailable."""
        wanted = typed.filter(zone)
        page = await letters.page(wanted, PAGE, cursor)
        behind, total = await letters.records.behind(page.items), await letters.count(wanted)
        every = total if wanted.is_empty() else await letters.count()
        following = None if page.next is None else typed.query(page.next)
        return cls(page.items, behind, total, every, typed, following, bool(cursor))


class ActsRead:
    """Acts in the reader's language."""

    def __init__(self, request: Request, acts: Sequence[Mapping[str, Any]]) -> None:
        self._request = request
        self.rows = [{**act, "what": self._what(act), "outcome": outcome(request, act["outcome"])} for act in acts]

    def _what(self, act: Mapping[str, Any]) -> str:
        return _translated(self._request, "what", act["what"])


def outcome(request: Request, text: str) -> str:
    """An outcome in the reader's language; why it failed stays as the rules said it."""
    kind, colon, why = text.partition(": ")
    return _translated(request, "outcomes", kind.replace(" ", "-")) + colon + why


def told(request: Request, kinds: Sequence[str]) -> list[str]:
    """What became of the acts that led to this page, counted; what is none of ours is not repeated."""
    counted = Counter(kind for kind in kinds if kind in get_args(OutcomeKind))
    return [outcome(request, kind) + (f": {n}" if len(kinds) > 1 else "") for kind, n in counted.items()]


def _translated(request: Request, group: str, name: str) -> str:
    texts, key = door_of(request).catalogue, f"operations.{group}.{name}"
    return texts.t(key, locale_of(request)) if texts.find(key) else name


class Words:
    """How what is parked is called, and why it is, in the reader's language."""

    def __init__(self, request: Request) -> None:
        self._texts, self._locale = door_of(request).catalogue, locale_of(request)

    def name(self, one: Parked) -> str:
        """An event by its type, a timer by its name."""
        if one.topic is None:
            return self._texts.t("operations.parked.timer", self._locale, name=(one.type or "").removeprefix("timer "))
        return one.type or self._texts.t("operations.parked.unknown-type", self._locale)

    def cause(self, reason: str) -> str:
        """What happened, before the reason as the code has it."""
        what = next((what for sign, what in CAUSES.items() if sign in reason), "unreadable")
        return self._texts.t(f"operations.causes.{what}", self._locale, reason=reason)


@dataclass(frozen=True, slots=True)
class Content:
    """What a record or timer holds, for eyes that may see personal data; ``cut``: the rest is not shown."""

    place: str
    headers: Sequence[tuple[str, str]]
    text: str
    cut: bool

    @classmethod
    def of(cls, detail: Detail) -> "Content":
        record, timer = detail.record, detail.timer
        if record is None:
            text = json.dumps(dict(timer.timer.data) if timer else {}, default=str, ensure_ascii=False, indent=2)
            return cls("", (), printable(text)[:LONGEST_SHOWN], len(text) > LONGEST_SHOWN)
        headers = [(printable(name), text_of(value or b"")) for name, value in record.headers]
        text = _legible(record.value or b"")
        place = f"{record.topic} / {record.partition} / {record.offset}"
        return cls(place, headers, text[:LONGEST_SHOWN], len(text) > LONGEST_SHOWN)


def _legible(value: bytes) -> str:
    """JSON with a line for each field; anything else as it is."""
    try:
        return printable(json.dumps(json.loads(value), ensure_ascii=False, indent=2))
    except (ValueError, RecursionError):
        return text_of(value)
