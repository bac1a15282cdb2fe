# SPDX-License-Identifier: Apache-2.0
"""What follows from deciding: everything that one transaction writes (design 2, step 4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bson.raw_bson import RawBSONDocument

from chassis.decision import Row
from chassis.inputs import Input
from chassis.messages import Message, dead_letter
from chassis.records import Parsed, kept, parked_id, record_fields
from chassis.subjects import Aggregate

Change = Mapping[str, Any] | None
"""A row as it is to be; None removes it."""


@dataclass(slots=True)
class Effects:
    """Collected over the subjects of a batch.

    ``documents``: subjects, by id, with the version that they replace; ``released``: parked rows that were applied
    after all; ``rows``: the service's own, with the partition that they came from (-1: none).
    """

    documents: list[tuple[Aggregate, str, int, RawBSONDocument]] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    waiting: dict[str, Change] = field(default_factory=dict)
    parked: dict[str, Change] = field(default_factory=dict)
    released: set[str] = field(default_factory=set)
    rows: list[tuple[int, Row]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    failed: list[Input] = field(default_factory=list)

    def count(self, what: str, n: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + n

    def add(self, other: "Effects") -> None:
        """Take over the effects of one subject."""
        for what, n in other.counts.items():
            self.count(what, n)
        self.documents += other.documents
        self.messages += other.messages
        self.waiting |= other.waiting
        self.parked |= other.parked
        self.released |= other.released
        self.rows += other.rows
        self.failed += other.failed

    def park(self, item: Parsed, reason: str, *, service: str, now: datetime) -> None:
        """Keep the record for a person to look at, and copy it to the dead letters."""
        origin, envelope, raw = item.origin, item.envelope, kept(item.raw)
        self.parked[parked_id(origin)] = {
            **record_fields(raw),
            "source": origin.topic,
            "subject": envelope.subject if envelope else None,
            "type": envelope.type if envelope else None,
            "seq": envelope.seq if envelope else None,
            "reason": reason,
            "parked_at": now,
        }
        self.messages.append(dead_letter(raw, origin, reason, service=service, now=now))
        self.count("parked")
