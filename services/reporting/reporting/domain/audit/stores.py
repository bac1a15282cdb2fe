# SPDX-License-Identifier: Apache-2.0
"""One store against the topics, at the positions that it had when it was counted (see ventanilla_contracts.audits)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from reporting.domain.audit.findings import Finding, Open
from reporting.domain.audit.house_log import HouseLog
from reporting.domain.audit.keys import Keys
from reporting.domain.audit.sums import Base, Disagreement, Expected, base_of, told_once
from reporting.domain.audit.topic_log import TopicLog, View
from ventanilla_contracts.audits import Ledger, StoreCounted, Unpublished

BUCKETS_NAMED = 20
"""Of each ledger, the buckets of which subjects are named; a house that lost more needs another look anyway."""

OLDEST_UNPUBLISHED_SECONDS = 60
Positions = Mapping[str, Mapping[int, int]]
"""By topic and partition."""


class Bases:
    """The sums of each topic at its end, made once for all stores."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], Base] = {}

    def of(self, log: TopicLog, kind: str) -> Base:
        """Of ``applied`` the last seq without gap below it, of ``emitted`` the highest, of ``told`` 1."""
        found = self._made.get((kind, log.name))
        if found is None:
            seq_of: Callable[[int], int] = log.last if kind == "applied" else log.highest
            ends = told_once(seq_of) if kind == "told" else seq_of
            found = self._made[kind, log.name] = base_of(log.name, log.keys, ends)
        return found


@dataclass
class _Lost:
    """What a store does not have of one subject, a line for each ledger."""

    lines: list[str] = field(default_factory=list)
    whole: bool = True
    topics: list[str] = field(default_factory=list)


class StoreAudit:
    """To be made before the topics are read; judged after."""

    def __init__(self, house: HouseLog, count: StoreCounted) -> None:
        self.count = count
        self._house = house
        self._service = count.service
        positions = _by_topic((one.topic, one.partition, one.next) for one in count.positions)
        before = _by_topic((one.topic, one.partition, one.before) for one in count.produced)
        after = _by_topic((one.topic, one.partition, one.after) for one in count.produced)
        self.positions = positions
        self._before: dict[str, View] = {}
        self._after: dict[str, View] = {}
        for ledger in count.ledgers:
            log = house.logs.get(ledger.topic)
            if log is not None:
                at = positions if ledger.kind == "applied" else before
                self._before[ledger.topic] = log.view(at.get(ledger.topic, {}))
                self._after[ledger.topic] = log.view((at if ledger.kind == "applied" else after).get(ledger.topic, {}))

    def unread(self, topic: str) -> set[int]:
        """The keys of which the topic went on after the store was counted."""
        return set(self._before[topic].at) if topic in self._before else set()

    def unfinished(self, keys: Keys) -> set[int]:
        """The keys of which something waits, is parked or was not published."""
        listed = [one.subject for one in self.count.unsettled] + [one.subject for one in self.count.unpublished]
        return {n for subject in listed if (n := keys.index.get(subject.encode())) is not None}

    def findings(self, bases: Bases) -> Iterator[Finding | Open]:
        yield from self._without_ledger()
        lost: dict[tuple[str, int], _Lost] = {}
        for ledger in self.count.ledgers:
            log = self._house.logs.get(ledger.topic)
            if log is None:
                yield self._finding(f"It counts {ledger.topic}, which the contracts do not have.", ledger.topic)
            else:
                yield from self._compared(ledger, log, self._expected(ledger, log, bases), lost)
        for (kind, n), what in lost.items():
            yield self._lost(self._house.keys[kind], n, what)

    def _without_ledger(self) -> Iterator[Finding]:
        counted = {ledger.topic for ledger in self.count.ledgers}
        for name, spec in self._house.specs.items():
            if spec.sequenced and name not in counted and self._service in (spec.producer, *spec.consumers):
                yield self._finding(f"It counts nothing of {name}, which it writes or reads.", name)

    def _expected(self, ledger: Ledger, log: TopicLog, bases: Bases) -> Expected:
        expected = Expected(log.name, log.keys, bases.of(log, ledger.kind))
        before, after = self._before[log.name], self._after[log.name]
        if ledger.kind == "applied":
            self._as_applied(expected, log, before)
            return expected
        on_the_way = {log.keys.at(one.subject.encode()): one.seq for one in self._unpublished(log.name)}
        most = 1 if ledger.kind == "told" else 2**63
        for n in {*before.at, *after.at, *on_the_way}:
            waits = on_the_way.get(n, 0)
            low, high = (max(log.highest_in(view, n), waits) for view in (before, after))
            expected.change(n, min(low, most), min(high, most))
        return expected

    def _as_applied(self, expected: Expected, log: TopicLog, view: View) -> None:
        """What waits or is parked is looked at by name (``unsettled``): the sums take it as it is stored."""
        for n, seq in view.at.items():
            expected.change(n, seq, seq)
        for gap in sorted(self.count.accepted, key=lambda gap: gap.seq):
            if gap.topic == log.name:
                n = log.keys.at(gap.subject.encode())
                seq = log.going_on_from(view, n, gap.seq)
                expected.change(n, seq, seq)
        for one in self.count.unsettled:
            seq, key = one.applied.get(log.name, 0), one.subject.encode()
            if seq or key in log.keys.index:
                expected.change(log.keys.at(key), seq, seq)

    def _unpublished(self, topic: str) -> Iterator[Unpublished]:
        return (one for one in self.count.unpublished if one.topic == topic)

    def _compared(
        self, ledger: Ledger, log: TopicLog, expected: Expected, lost: dict[tuple[str, int], _Lost]
    ) -> Iterator[Finding | Open]:
        if self._lists_too_few(ledger):
            yield from self._not_compared(ledger, list(expected.disagreements(ledger, name_at_most=0)))
            return
        unnamed: list[Disagreement] = []
        kind = self._house.specs[log.name].key
        for one in expected.disagreements(ledger, name_at_most=BUCKETS_NAMED):
            if not one.named:
                unnamed.append(one)
            for difference in one.named:
                what = lost.setdefault((kind, difference.n), _Lost())
                what.lines.append(_line(ledger, difference.expected, difference.found))
                what.topics.append(ledger.topic)
                what.whole = what.whole and difference.found == 0
        if unnamed:
            yield self._unnamed(ledger, unnamed)

    def _unnamed(self, ledger: Ledger, found: list[Disagreement]) -> Finding:
        expected, stored = sum(one.expected for one in found), sum(one.found for one in found)
        buckets = ", ".join(f"{one.bucket:02x}" for one in found[:16]) + (", ..." if len(found) > 16 else "")
        text = (
            f"{_ledger(ledger)}: in {len(found)} of 256 buckets the sums differ; the topic has {expected} subjects in "
            f"them, the store {stored}. Subjects are named where one or two of a bucket differ and the topic has them."
        )
        return self._finding(text, ledger.topic, buckets)

    def _lists_too_few(self, ledger: Ledger) -> bool:
        """Whether more was on its way than the count names, so that sums may differ without a fault."""
        count = self.count
        if ledger.kind != "applied":
            return count.unpublished_count > len(count.unpublished)
        return count.unsettled_count > len(count.unsettled) or count.accepted_count > len(count.accepted)

    def _not_compared(self, ledger: Ledger, found: list[Disagreement]) -> Iterator[Open]:
        if found:
            text = f"Buckets of {ledger.topic} in the store of {self._service}: more was on its way than a count names."
            yield Open("not-compared", len(found), text)

    def _lost(self, keys: Keys, n: int, what: _Lost) -> Finding:
        has = [topic for topic in self._before if self._house.logs[topic].keys is keys]
        nothing_left = what.whole and all(
            topic in what.topics or not self._house.logs[topic].last_in(self._before[topic], n) for topic in has
        )
        begin = "It has lost this subject: " if nothing_left else "It does not agree about this subject: "
        return self._house.cases.about(
            "stores",
            f"The store of {self._service}. {begin}{'; '.join(what.lines)}.",
            keys,
            n,
            topic=what.topics[0],
            partition=keys.partition[n],
            service=self._service,
        )

    def _finding(self, text: str, topic: str | None = None, bucket: str | None = None) -> Finding:
        text = f"The store of {self._service}. {text}"
        return Finding("stores", text, service=self._service, topic=topic, bucket=bucket)


def _line(ledger: Ledger, expected: int, found: int) -> str:
    if ledger.kind == "applied":
        stored = f"seq {found} is applied" if found else "nothing is applied"
        return f"of {ledger.topic} {stored}, the topic has {expected}"
    if ledger.kind == "told":
        return f"of {ledger.topic} it knows nothing" if not found else f"{ledger.topic} has nothing of it"
    stored = f"it made {found}" if found else "it knows of none"
    return f"of {ledger.topic} {stored}, the topic has {expected}"


def _ledger(ledger: Ledger) -> str:
    names = {"applied": "What it applied of", "emitted": "What it made of", "told": "What it told on"}
    return f"{names[ledger.kind]} {ledger.topic}"


def _by_topic(places: Iterator[tuple[str, int, int]]) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for topic, partition, offset in places:
        found.setdefault(topic, {})[partition] = offset
    return found
