# SPDX-License-Identifier: Apache-2.0
"""What of a stored case the index is told: words to find it by, facts to filter by, its place among the others."""

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from routing.domain.case import LAST
from routing.domain.earlier.masking import Known, masked, without_placeholders
from routing.domain.words import plain
from routing.searching.stems import stems

State = Mapping[str, Any]
"""``state`` of a stored case, or as much of it as READ names."""

DUE = "state.deadline.due"
FACTS = (
    "state.status",
    "state.open",
    "state.classification.kind",
    "state.classification.priority",
    "state.assignment.area",
    "state.assignment.responder.id",
    "state.channel",
    "state.to_classify",
    "state.task",
)
"""What lists filter by; whatever else they ask is looked at in the store alone."""

READ = {
    **dict.fromkeys((*FACTS, DUE, "state.deadline.due_at"), 1),
    **{
        f"state.{name}": 1
        for name in (
            "id",
            "case_number",
            "place",
            "received_at",
            "subject",
            "text",
            "messages",
            "person",
            "product_reference",
            "product",
            "regulator",
            "tutela",
            "answered",
            "answers",
            "withdrawn.at",
        )
    },
}
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_NOT_OPEN = 7
_SECONDS, _TIE = 32, 28
_PHONE = 10


@dataclass(frozen=True)
class Entry:
    """One case as the index keeps it; ``asked`` is None where it has no answer that serves others.

    ``answered``: the same for answers in the same words, whoever they were for.
    """

    id: str
    words: Sequence[str]
    names: Sequence[str]
    facts: Sequence[str]
    due: int
    rank: int
    asked: Sequence[str] | None = None
    area: str = ""
    answered: str = ""


def entry_of(state: State, said: Sequence[str] = ()) -> Entry:
    """``said``: what the person said after the filing."""
    serves = serves_others(state)
    return Entry(
        id=state["id"],
        words=stems(" ".join((state.get("subject", ""), state.get("text", ""), *said))),
        names=tuple(dict.fromkeys(name for name in _names(state) if name)),
        facts=[f"{path}={written(value)}" for path in FACTS if (value := _at(state, path)) is not None],
        due=day_number(_at(state, DUE) or ""),
        rank=rank_of(state),
        asked=stems(asked_of(state)) if serves else None,
        area=_at(state, "state.assignment.area") or "",
        answered=words_mark(answer_of(state)) if serves else "",
    )


def serves_others(state: State) -> bool:
    """Whether it was answered, by an answer that arrived, and not taken back (CSC-04)."""
    answered = state.get("answered")
    if not answered or state.get("withdrawn"):
        return False
    return any(one["id"] == answered["answer_id"] and one["outcome"] == "delivered" for one in state.get("answers", ()))


def asked_of(state: State) -> str:
    """What the person asked, without what would tell who they are."""
    return without_placeholders(masked(f"{state.get('subject', '')}\n{state.get('text', '')}", known_of(state)))


def answer_of(state: State) -> str:
    """The answer that counts, without what would tell whose it was. Of cases that serve others."""
    counts = state["answered"]["answer_id"]
    text = next((str(one["text"]) for one in state["answers"] if one["id"] == counts), "")
    return masked(text, known_of(state))


def words_mark(answer: str) -> str:
    """The same for texts with the same words in the same order, whatever stands in brackets."""
    return sha256(" ".join(stems(without_placeholders(answer))).encode()).hexdigest()[:20]


def known_of(state: State) -> Known:
    """What the case knows of its person, to be taken out of its texts."""
    person, product = state.get("person") or {}, state.get("product") or {}
    numbers = (state.get("product_reference"), product.get("lot"), product.get("serial"))
    files = [(state.get(name) or {}).get("reference") for name in ("regulator", "tutela")]
    return Known(
        name=person.get("name"),
        document=person.get("document_number"),
        email=person.get("email"),
        phone=person.get("phone"),
        address=person.get("address"),
        case_number=state.get("case_number"),
        numbers=tuple(one for one in (*numbers, *files) if one),
    )


def rank_of(state: State) -> int:
    """What is open first, in the queue's order; then what is not, the latest first. Cases due at once by their ids."""
    tie = zlib.crc32(state["id"].encode()) >> (32 - _TIE)
    if state.get("open", True):
        place, since = int(state.get("place", LAST)), _seconds(_at(state, "state.deadline.due_at") or _LONG_AGO)
    else:
        place, since = _NOT_OPEN, (1 << _SECONDS) - 1 - _seconds(state["received_at"])
    return ((place << _SECONDS) + since << _TIE) + tie


def day_number(day: str) -> int:
    """``2026-03-24`` as 20260324: days in order; 0 where there is none."""
    return int(day.replace("-", "")) if day else 0


def written(value: object) -> str:
    """A fact's value as the index keeps it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _names(state: State) -> Iterator[str]:
    """Words that are found as they are: numbers, names, addresses."""
    person, product = state.get("person") or {}, state.get("product") or {}
    number = state.get("case_number") or ""
    yield from plain(number).split()
    yield from (part.lstrip("0") for part in number.split("-")[2:3])
    for name in ("name", "email"):
        yield from plain(person.get(name) or "").split()
    yield from together(person.get("document_number") or "")
    phone = re.sub(r"\D", "", person.get("phone") or "")
    yield from (phone, phone[-_PHONE:])
    for value in (state.get("product_reference"), *(product.get(name) for name in ("code", "lot", "serial"))):
        yield from together(value or "")


def together(value: str) -> Iterator[str]:
    """The parts of a number, and those that signs divide in one: "FV-9981 A" is fv, 9981, fv9981, a, fv9981a."""
    chunks = [plain(chunk).split() for chunk in value.split()]
    for parts in chunks:
        yield from parts
        yield "".join(parts)
    yield "".join("".join(parts) for parts in chunks)


def _seconds(at: datetime) -> int:
    return min(max(int((at - _LONG_AGO).total_seconds()), 0), (1 << _SECONDS) - 1)


def _at(state: State, path: str) -> Any:
    value: Any = state
    for name in path.split(".")[1:]:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
