# SPDX-License-Identifier: Apache-2.0
"""Every answer that counts was sent, published, handed over or filed with the regulator, and the other way round."""

from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import blake2b

from reporting.domain.audit.findings import Open
from reporting.domain.audit.keys import Keys
from reporting.domain.audit.values import Answered, Approved

APPROVED, DELIVERED, PUBLISHED, UPLOADED, ANSWERED, BY_MAIL = 1, 2, 4, 8, 16, 32
TOOK_PLACE = {"email": DELIVERED, "published": PUBLISHED, "regulator": UPLOADED}
HOW = {
    "email": "no letter on notifications-deliveries carried it",
    "published": "it was not published on routing-cases",
    "regulator": "it was not filed with the regulator on intake-cases",
}
WAYS = ("email", "published", "regulator")
_WAY_SHIFT, _TIME_SHIFT, _CASE_SHIFT = 6, 8, 40


class Answers:
    """Of each answer a few bits, its case and the minute of its approval, packed in one integer."""

    def __init__(self, cases: Keys) -> None:
        self._cases = cases
        self._known: dict[int, int] = {}
        self._parts: set[int] = set()

    def approved(self, case: int, event: Approved, time: bytes) -> None:
        bits = APPROVED | (BY_MAIL if event.delivery == "email" else 0)
        minute = int(datetime.fromisoformat(time.decode()).timestamp()) // 60
        self._mark(case, event.answer_id, bits | minute << _TIME_SHIFT)

    def part(self, case: int, answer_id: str) -> None:
        """A part of an answer: its letter is no answer, and nothing else follows from it."""
        self._parts.add(_key(case, answer_id))

    def carried(self, case: int, answer_id: str, how: int) -> None:
        self._mark(case, answer_id, how)

    def answered(self, case: int, event: Answered) -> None:
        way = WAYS.index(event.delivery) + 1 if event.delivery in WAYS else 0
        self._mark(case, event.answer_id, ANSWERED | way << _WAY_SHIFT)

    def _mark(self, case: int, answer_id: str, bits: int) -> None:
        key = _key(case, answer_id)
        self._known[key] = self._known.get(key, case << _CASE_SHIFT) | bits

    def findings(
        self, unjudged: set[int], was_answered: Callable[[int], bool], late: set[int]
    ) -> Iterator[tuple[int, str]]:
        """Case and fault.

        ``unjudged``: cases of which something was just published, or is known to be gone; ``late``: those with
        deliveries that routing had not read or applied when it was last counted.
        """
        for key, bits in self._known.items():
            if key in self._parts:
                continue
            case = bits >> _CASE_SHIFT
            if case in unjudged:
                continue
            if fault := _fault(bits):
                yield case, fault
            elif bits & DELIVERED and not was_answered(case) and case not in late:
                yield case, "A letter with its answer was sent, and routing never told that the case was answered."

    def on_their_way(self, now: datetime, young: set[int]) -> Open | None:
        """Answers to be mailed that no mail server has taken yet, no fault by itself."""
        open_ = [bits for bits in self._known.values() if _on_its_way(bits) and bits >> _CASE_SHIFT not in young]
        if not open_:
            return None
        open_.sort(key=lambda bits: bits >> _TIME_SHIFT & 0xFFFFFFFF)
        since = (open_[0] >> _TIME_SHIFT & 0xFFFFFFFF) * 60
        examples = tuple(self._cases.text(bits >> _CASE_SHIFT) for bits in open_[:10])
        text = "Approved to be sent by mail, and neither delivered nor answered; see the desk of notifications."
        return Open("answers-not-delivered", len(open_), text, max(0, int(now.timestamp()) - since), examples)


def _key(case: int, answer_id: str) -> int:
    return int.from_bytes(blake2b(f"{case} {answer_id}".encode(), digest_size=8).digest(), "big")


def _on_its_way(bits: int) -> bool:
    return bool(bits & APPROVED and bits & BY_MAIL) and not bits & (DELIVERED | ANSWERED)


def _fault(bits: int) -> str | None:
    way = bits >> _WAY_SHIFT & 3
    if bits & ANSWERED and way and not bits & TOOK_PLACE[WAYS[way - 1]]:
        return f"Routing told that it was answered, and {HOW[WAYS[way - 1]]}."
    if bits & (DELIVERED | PUBLISHED | UPLOADED) and not bits & APPROVED:
        return "An answer left the house that routing never approved for this case."
    return None
