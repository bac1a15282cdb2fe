# SPDX-License-Identifier: Apache-2.0
"""What the events of the house tell, added up. Pure: it is handed events and never asks anybody."""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ventanilla_contracts.envelope import Envelope, Event
from ventanilla_contracts.intake import CaseFiled, SubmissionCreated

from .words import name_of, told

STAGES = ("filed", "classified", "assigned", "in progress", "answered", "closed")
STAGE_AFTER: Mapping[str, str] = {
    "case-filed": "filed",
    "case-classified": "classified",
    "case-assigned": "assigned",
    "documents-requested": "in progress",
    "documents-delivered": "in progress",
    "answer-approved": "in progress",
    "case-answered": "answered",
    "case-closed": "closed",
}
LINES_KEPT = 200


@dataclass(frozen=True, slots=True)
class Happening:
    """One event as a line; `fresh` if it came while somebody watched."""

    at: datetime
    service: str
    number: str
    words: str
    fresh: bool


@dataclass
class Watch:
    """Cases by how far they are, events by type, and the last happenings.

    Topics are read side by side, so a case may be heard of before its filing: such happenings wait for its number.
    """

    counts: Counter[str] = field(default_factory=Counter)
    letters: Counter[str] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    happenings: deque[Happening] = field(default_factory=lambda: deque(maxlen=LINES_KEPT))
    _numbers: dict[str, str] = field(default_factory=dict)
    _stages: dict[str, int] = field(default_factory=dict)
    _waiting: dict[str, list[tuple[Envelope, Event, bool]]] = field(default_factory=dict)
    _created: dict[str, str] = field(default_factory=dict)

    def see(self, envelope: Envelope, event: Event, *, fresh: bool = True) -> list[Happening]:
        """Take one event; the happenings that can be told now, in order."""
        self._count(envelope, event)
        case_id = _case_of(envelope, event)
        if isinstance(event, CaseFiled):
            self._numbers[case_id] = event.case_number
        elif case_id and case_id not in self._numbers:
            self._waiting.setdefault(case_id, []).append((envelope, event, fresh))
            return []
        mine = [(envelope, event, fresh), *self._waiting.pop(case_id, [])]
        told_now = [self._happening(case_id, *one) for one in mine if name_of(one[1]) != "submission-created"]
        self.happenings.extend(told_now)
        return told_now

    @property
    def cases(self) -> int:
        return len(self._numbers)

    def by_stage(self) -> Counter[str]:
        """How many cases have come how far."""
        return Counter(STAGES[rank] for rank in self._stages.values())

    def number_of(self, external_id: str) -> str | None:
        """The case that a submission became, by the id that its channel gave it."""
        return self._created.get(external_id)

    def _count(self, envelope: Envelope, event: Event) -> None:
        name = name_of(event)
        self.counts[name] += 1
        if isinstance(event, CaseFiled):
            self.channels[event.channel] += 1
        if isinstance(event, SubmissionCreated):
            self._created[event.external_id] = event.case_number
        if name == "delivery-sent":
            self.letters[str(getattr(event, "kind", ""))] += 1
        if name in STAGE_AFTER:
            rank = STAGES.index(STAGE_AFTER[name])
            self._stages[envelope.subject] = max(rank, self._stages.get(envelope.subject, 0))

    def _happening(self, case_id: str, envelope: Envelope, event: Event, fresh: bool) -> Happening:
        service = event.TOPIC.partition("-")[0]
        return Happening(envelope.time, service, self._numbers.get(case_id, ""), told(event), fresh)


def _case_of(envelope: Envelope, event: Event) -> str:
    """The id of the case that an event is about; empty for a submission that has none."""
    if event.TOPIC in ("intake-outcomes", "channel-submissions"):
        return str(getattr(event, "case_id", ""))
    return envelope.subject
