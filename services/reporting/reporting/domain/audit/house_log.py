# SPDX-License-Identifier: Apache-2.0
"""All topics of the house while they are read, record by record."""

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError

from reporting.domain.audit.cases import Cases
from reporting.domain.audit.findings import Check, Finding, Findings
from reporting.domain.audit.keys import NOWHERE, Keys, grown
from reporting.domain.audit.lines import Headers, Line, line_of, seen_of
from reporting.domain.audit.submissions import HANDED
from reporting.domain.audit.topic_log import Came, TopicLog
from ventanilla_contracts.topics import TopicSpec

YOUNG_SECONDS = 60
"""What was published so lately is not judged: what belongs to it may be on its way."""


Accepted = Mapping[tuple[str, bytes], int]
"""By topic and subject, the seq up to which a person accepted that events are missing."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One event about a subject that a store calls unsettled."""

    partition: int
    offset: int
    seen: tuple[tuple[bytes, int], ...]


@dataclass
class Claims:
    """Of each key the highest seq of a topic that some event says its writer had seen, and which event that was."""

    seq: "array[int]" = field(default_factory=lambda: array("I"))
    topic: "array[int]" = field(default_factory=lambda: array("B"))
    by: "array[int]" = field(default_factory=lambda: array("I"))

    def claim(self, n: int, seq: int, topic: int, by: int) -> None:
        if n >= len(self.seq):
            for values in (self.seq, self.topic, self.by):
                grown(values, n)
        if seq > self.seq[n]:
            self.seq[n], self.topic[n], self.by[n] = seq, topic, by


class HouseLog:
    """Takes every record of every topic, each topic in the order of its offsets; then the audit can be made."""

    def __init__(self, specs: Mapping[str, TopicSpec], cases: Cases, *, began_ms: int, watched: set[bytes]) -> None:
        """``specs``: the topics to be read; ``began_ms``: when the audit began; ``watched``: subjects to remember."""
        self.findings = Findings()
        self.cases = cases
        self.keys: dict[str, Keys] = {"case": cases.keys, "submission": cases.submission_keys}
        self.specs = {name: spec for name, spec in specs.items() if spec.key != "service"}
        self.logs: dict[str, TopicLog] = {}
        for name, spec in self.specs.items():
            if spec.sequenced:
                self.logs[name] = TopicLog(name, self.keys.setdefault(spec.key, Keys()))
        self.claims = {name: Claims() for name in self.logs}
        self.watched: dict[bytes, dict[tuple[str, int], Watched]] = {key: {} for key in watched}
        self.records = 0
        self._names = list(self.logs)
        self._by_bytes = {name.encode(): name for name in self.logs}
        self._numbers = {name: n for n, name in enumerate(self.logs)}
        self._young_since = began_ms - YOUNG_SECONDS * 1000
        self._sources = {
            name: f"/{spec.producer}".encode() if spec.sequenced else None for name, spec in self.specs.items()
        }

    def take(
        self,
        topic: str,
        partition: int,
        offset: int,
        timestamp: int,
        key: bytes | None,
        value: bytes | None,
        headers: Headers,
    ) -> None:
        """One record; never raises."""
        self.records += 1
        line = line_of(partition, offset, timestamp, key, value, headers, source=self._sources[topic])
        if isinstance(line, str):
            self._unreadable(topic, partition, offset, line)
            return
        try:
            if topic in self.logs:
                self._event(topic, line)
            elif topic == HANDED and timestamp < self._young_since:
                self.cases.submissions.handed_over(line)
        except (ValidationError, ValueError) as error:
            self._unreadable(topic, partition, offset, f"its value cannot be read ({type(error).__name__})")

    def _unreadable(self, topic: str, partition: int, offset: int, fault: str) -> None:
        if self.specs[topic].sequenced:  # what others write wrongly is their service's to park, not ours to prove
            text = f"{topic} {partition}/{offset} cannot be read: {fault}."
            self.findings.add(Finding("records", text, topic=topic, partition=partition, offset=offset))

    def _event(self, topic: str, line: Line) -> None:
        log = self.logs[topic]
        keys = log.keys
        n = keys.at(line.key)
        if keys.partition[n] == NOWHERE:
            keys.partition[n] = line.partition
        elif keys.partition[n] != line.partition:
            text = f"It stands in partition {line.partition}, others about the same subject in {keys.partition[n]}."
            self._add("records", text, topic, line, n)
        came = log.take(line, n)
        if came is Came.OTHER:
            self._add("sequences", f"Seq {line.seq} came twice with different content.", topic, line, n)
        if came in (Came.AGAIN, Came.OTHER):
            return
        if line.seen or line.key in self.watched:
            self._note_seen(topic, line, n)
        if line.timestamp >= self._young_since:
            self.cases.is_young(keys, n)
        if fault := self.cases.take(line, keys, n):
            self._add(fault[0], fault[1], topic, line, n)

    def _note_seen(self, topic: str, line: Line, n: int) -> None:
        """Only topics with the same kind of key: an outcome also says what was seen of its case, under another key."""
        keys, seen = self.logs[topic].keys, seen_of(line)
        if line.timestamp < self._young_since:
            for other, seq in seen:
                name = self._by_bytes.get(other)
                if name is not None and self.logs[name].keys is keys:
                    self.claims[name].claim(n, seq, self._numbers[topic], line.seq)
        if line.key in self.watched:
            self.watched[line.key][topic, line.seq] = Watched(line.partition, line.offset, tuple(seen))

    def _add(self, check: Check, text: str, topic: str, line: Line, n: int) -> None:
        keys, place = self.logs[topic].keys, (line.partition, line.offset)
        self.findings.add(self.cases.about(check, text, keys, n, topic=topic, partition=place[0], offset=place[1]))

    def judged(self, accepted: Accepted) -> Iterator[Finding]:
        """What the topics alone show, once all are read; gaps that a person accepted are told of as open."""
        for name, log in self.logs.items():
            yield from self._gaps(name, log, accepted)
            yield from self._claims_without_event(name, log)

    def _gaps(self, name: str, log: TopicLog, accepted: Accepted) -> Iterator[Finding]:
        for n in sorted(log.ahead):
            up_to = accepted.get((name, log.keys.names[n]), 0)
            missing = [seq for seq in log.missing(n) if seq > up_to]
            if missing and not self.cases.is_young_key(log.keys, n):
                text = f"Seq {_run(missing)} is missing, and {log.highest(n)} is there."
                yield self.cases.about("sequences", text, log.keys, n, topic=name, partition=log.keys.partition[n])

    def _claims_without_event(self, name: str, log: TopicLog) -> Iterator[Finding]:
        claims = self.claims[name]
        for n in range(min(len(claims.seq), len(log.keys))):
            if claims.seq[n] > log.highest(n):
                teller = f"{self._names[claims.topic[n]]} seq {claims.by[n]}"
                text = f"{teller} has seen {name} seq {claims.seq[n]}, which ends at {log.highest(n)}."
                yield self.cases.about("seen", text, log.keys, n, topic=self._names[claims.topic[n]])


def _run(missing: list[int]) -> str:
    """
    >>> _run([3, 4, 5]), _run([3]), _run([3, 7])
    ('3 to 5', '3', '3, 7')
    """
    if len(missing) > 1 and missing[-1] - missing[0] == len(missing) - 1:
        return f"{missing[0]} to {missing[-1]}"
    return ", ".join(map(str, missing[:10]))
