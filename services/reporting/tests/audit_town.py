# SPDX-License-Identifier: Apache-2.0
"""The topics of a house made up in memory, record by record."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

from chassis.topics import load_topics
from reporting.domain.audit.numbers import check_digit
from ventanilla_contracts.envelope import Envelope, event_id

SPECS = load_topics()
SERVICES = ("intake", "routing", "notifications", "satisfaction", "reporting")
HOUSE_TOPICS = tuple(name for name, spec in SPECS.items() if spec.key != "service")
PARTITIONS = 3
BEGAN = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
AUDITED = BEGAN + timedelta(days=1)

Place = tuple[str, int]
Cut = Mapping[Place, int]
"""By topic and partition, the offset up to which something was read or written."""


@dataclass(frozen=True)
class Told:
    """One record."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes | None], ...]

    @property
    def envelope(self) -> Envelope:
        return Envelope.from_headers(self.headers)


def case_number(n: int, year: int = 2026) -> str:
    return f"CAJA-{year}-{n:06d}-{check_digit(f'{year}{n:06d}')}"


class Town:
    """Its topics; ``say`` is how anything gets there."""

    def __init__(self) -> None:
        self.log: dict[Place, list[Told]] = {(topic, n): [] for topic in HOUSE_TOPICS for n in range(PARTITIONS)}
        self.seqs: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        """By key and topic."""
        self.now = BEGAN
        self.cases = 0

    def say(self, topic: str, key: str, type_: str, value: Mapping[str, object], **options: Any) -> Told:
        """The next event of a key; ``seq``, ``seen``, ``source`` and ``partition`` where a test wants others."""
        self.now += timedelta(seconds=1)
        sequenced = SPECS[topic].sequenced
        seq = options.get("seq") or self.seqs[key][topic] + 1
        self.seqs[key][topic] = max(self.seqs[key][topic], seq)
        envelope = Envelope(
            id=event_id(topic, key, seq),
            type=f"{type_}.v1",
            source=options.get("source", f"/{SPECS[topic].producer}"),
            subject=key,
            time=self.now,
            seq=seq if sequenced else None,
            seen=options.get("seen", self._seen(topic, key) if sequenced else {}),
        )
        partition = options.get("partition", crc32(key.encode()) % PARTITIONS)
        place = self.log[topic, partition]
        data = json.dumps(value).encode()
        stamp = int(self.now.timestamp() * 1000)
        told = Told(topic, partition, len(place), stamp, key.encode(), data, tuple(envelope.headers()))
        place.append(told)
        return told

    def _seen(self, topic: str, key: str) -> dict[str, int]:
        producer = SPECS[topic].producer
        return {
            other: seq
            for other, seq in self.seqs[key].items()
            if other != topic and producer in SPECS[other].consumers and SPECS[other].key == "case"
        }

    def file(self, case: str, n: int | None = None, **more: object) -> Told:
        """A submission becomes a case."""
        self.cases += 1
        number = case_number(self.cases if n is None else n)
        submission = f"submission-of-{case}"
        outcome = {"channel": "web", "external_id": submission, "case_id": case, "case_number": number}
        filed = {"case_number": number, "submission_id": submission, "registered_at": self.now.isoformat(), **more}
        self.say("intake-cases", case, "case-filed", filed)
        return self.say("intake-outcomes", submission, "submission-created", outcome, seen={})

    def handle(self, case: str) -> Told:
        """Routing takes it in, notifications acknowledges."""
        for name in ("case-classified", "case-assigned", "deadline-set"):
            self.say("routing-cases", case, name, {})
        return self.say("notifications-deliveries", case, "delivery-sent", {"kind": "acknowledgement"})

    def approve(self, case: str, delivery: str = "email") -> str:
        answer = f"answer-of-{case}"
        self.say("routing-cases", case, "answer-approved", {"answer_id": answer, "delivery": delivery})
        return answer

    def answer(self, case: str, delivery: str = "email") -> Told:
        """The answer goes its way, and routing hears of it."""
        answer = self.approve(case, delivery)
        if delivery == "email":
            self.say("notifications-deliveries", case, "delivery-sent", {"kind": "answer", "answer_id": answer})
        elif delivery == "published":
            self.say("routing-cases", case, "answer-published", {"answer_id": answer})
        elif delivery == "regulator":
            self.say("intake-cases", case, "answer-filed-with-regulator", {"answer_id": answer})
        self.say("routing-cases", case, "case-answered", {"answer_id": answer, "delivery": delivery})
        self.say("satisfaction-checks", case, "check-waived", {})
        return self.say("routing-cases", case, "case-closed", {})

    def append(self, case: str) -> None:
        """The person says more."""
        submission = f"reply-{self.seqs[case]['intake-cases']}-to-{case}"
        outcome = {"channel": "web", "external_id": submission, "case_id": case, "case_number": "n"}
        self.say("intake-cases", case, "message-appended", {"submission_id": submission})
        self.say("intake-outcomes", submission, "submission-appended", outcome, seen={})

    def hand_over(self, external_id: str) -> Told:
        """A channel system publishes a submission."""
        value = {"channel": "chat", "external_id": external_id, "personal": {"form": {"text": "x"}}}
        return self.say("channel-submissions", external_id, "submission-received", value, source="/chat")

    def drop(self, told: Told) -> None:
        """The broker loses a record; those behind it keep their offsets."""
        self.log[told.topic, told.partition].remove(told)

    def change(self, told: Told, **fields: Any) -> None:
        place = self.log[told.topic, told.partition]
        place[place.index(told)] = replace(told, **fields)

    def records(self, topic: str | None = None, key: str | None = None) -> list[Told]:
        found = [told for place in self.log.values() for told in place]
        return [told for told in found if topic in (None, told.topic) and (key is None or told.key == key.encode())]

    def ends(self) -> dict[Place, int]:
        return {place: told[-1].offset + 1 if told else 0 for place, told in self.log.items()}


def town_of_cases() -> Town:
    """Seven cases in all ways of ending, a reply, a submission that is held and one that is ignored."""
    town = Town()
    for n, delivery in enumerate(("email", "published", "handed-over", "regulator", "email"), 1):
        town.file(f"case-{n}")
        town.handle(f"case-{n}")
        if n < 5:
            town.answer(f"case-{n}", delivery)
    town.append("case-5")
    town.file("case-6")
    town.handle("case-6")
    town.approve("case-6")
    for name, kind in (("s-held", "held"), ("s-ignored", "ignored"), ("s-decided", "held"), ("s-decided", "rejected")):
        town.say("intake-outcomes", name, f"submission-{kind}", {"channel": "email", "external_id": name}, seen={})
    town.hand_over("c-1")
    outcome = {"channel": "chat", "external_id": "c-1"}
    town.say("intake-outcomes", "s-handed", "submission-rejected", outcome, seen={})
    return town


def one(town: Town, topic: str, key: str, seq: int) -> Told:
    return next(told for told in town.records(topic, key) if told.envelope.seq == seq)
