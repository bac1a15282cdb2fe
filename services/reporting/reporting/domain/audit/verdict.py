# SPDX-License-Identifier: Apache-2.0
"""Everything together: what does not agree in the house."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reporting.domain.audit.findings import Finding, Findings, Open
from reporting.domain.audit.house_log import Accepted, HouseLog
from reporting.domain.audit.on_the_way import on_the_way
from reporting.domain.audit.stores import Bases, StoreAudit
from reporting.domain.audit.submissions import HANDED
from ventanilla_contracts.audits import StoreCounted
from ventanilla_contracts.topics import TopicSpec

OLDEST_COUNT = timedelta(hours=26)
"""Services count once a day."""

Bounds = Mapping[tuple[str, int], tuple[int, int]]
"""By topic and partition: the first offset, and the one behind the last."""


@dataclass(frozen=True)
class Verdict:
    """What was found; ``cases`` and ``records`` say how much was looked at."""

    findings: Findings
    open: tuple[Open, ...]
    cases: int
    records: int
    counted_at: Mapping[str, datetime | None]

    @property
    def disagreements(self) -> int:
        return sum(self.findings.counts.values())


class Audit:
    """Holds the stores' counts against the topics. ``house`` takes the records between making it and ``verdict``."""

    def __init__(self, house: HouseLog, specs: Mapping[str, TopicSpec], counts: Mapping[str, StoreCounted]) -> None:
        """``counts``: the last of each service that has one."""
        self._house = house
        self._services: list[str] = sorted({spec.producer for spec in specs.values() if spec.key == "service"})
        self._counts = counts
        self._stores = {name: StoreAudit(house, counts[name]) for name in sorted(counts)}

    def verdict(self, bounds: Bounds, *, real_now: datetime, house_now: datetime) -> Verdict:
        """``real_now`` for the ages of counts, ``house_now`` (the house's clock) for what people did."""
        house, found = self._house, self._house.findings
        open_: list[Open] = []
        for one in self._all(bounds, real_now, house_now):
            if isinstance(one, Open):
                open_.append(one)
            else:
                found.add(one)
        counted = {name: self._counts[name].counted_at if name in self._counts else None for name in self._services}
        return Verdict(found, tuple(open_), len(house.cases.keys), house.records, counted)

    def _all(self, bounds: Bounds, real_now: datetime, house_now: datetime) -> Iterator[Finding | Open]:
        yield from self._house.judged(self._accepted())
        yield from self._told_of_cases(house_now)
        bases = Bases()
        for store in self._stores.values():
            yield from store.findings(bases)
            yield from on_the_way(self._house, store)
        yield from self._logs(bounds)
        yield from self._ages(real_now)

    def _accepted(self) -> Accepted:
        """What is known to be gone is told of as open, and its case is not judged by what is left."""
        found: dict[tuple[str, bytes], int] = {}
        for count in self._counts.values():
            for gap in count.accepted:
                place = (gap.topic, gap.subject.encode())
                found[place] = max(found.get(place, 0), gap.seq)
        return found

    def _told_of_cases(self, now: datetime) -> Iterator[Finding | Open]:
        cases, routing = self._house.cases, self._stores.get("routing")
        unread = routing.unread("intake-cases") if routing else None
        gone = {n for _, subject in self._accepted() if (n := cases.keys.index.get(subject)) is not None}
        unfinished = {n for store in self._stores.values() for n in store.unfinished(cases.keys)}
        yield from cases.number_gaps()
        yield from self._of_submissions(now)
        yield from cases.handling(unread, unfinished | gone, self._house.logs["routing-cases"].highest)
        late = unfinished | (routing.unread("notifications-deliveries") if routing else set(range(len(cases.keys))))
        for case, fault in cases.answers.findings(cases.young | gone, cases.was_answered, late):
            yield cases.about("answers", fault, cases.keys, case, partition=cases.keys.partition[case])
        if (still := cases.answers.on_their_way(now, cases.young)) is not None:
            yield still

    def _of_submissions(self, now: datetime) -> Iterator[Finding | Open]:
        submissions, intake = self._house.cases.submissions, self._stores.get("intake")
        yield from submissions.findings()
        parked = (
            {(row.partition, row.offset) for row in intake.count.parked if row.topic == HANDED} if intake else set()
        )
        read_to = dict(intake.positions.get(HANDED, {})) if intake else None
        yield from submissions.unanswered(read_to, parked)
        if (held := submissions.held(now)) is not None:
            yield held

    def _logs(self, bounds: Bounds) -> Iterator[Finding | Open]:
        """Whether the topics themselves are whole."""
        for (topic, partition), (start, _) in sorted(bounds.items()):
            if start > 0 and topic in self._house.specs:
                text = f"{topic} {partition} begins at offset {start}: what stood before is gone."
                yield Finding("records", text, topic=topic, partition=partition, offset=start)
        for name, store in self._stores.items():
            yield from _behind_the_end(name, store.count, bounds)
        again = sum(log.again for log in self._house.logs.values())
        early = sum(log.early for log in self._house.logs.values())
        if again:
            yield Open("published-twice", again, "Events that stand twice on their topic; readers drop the second.")
        if early:
            yield Open("out-of-order", early, "Events that came before an earlier one; readers let them wait.")

    def _ages(self, now: datetime) -> Iterator[Finding]:
        for service in self._services:
            count = self._counts.get(service)
            if count is None:
                text = f"{service} has never counted its store: `python -m {service} count`."
                yield Finding("counts", text, service=service, topic=f"{service}-audits")
            elif now - count.counted_at > OLDEST_COUNT:
                hours = int((now - count.counted_at).total_seconds() // 3600)
                text = (
                    f"{service} counted its store {hours} hours ago, expected once a day: `python -m {service} count`."
                )
                yield Finding("counts", text, service=service, topic=f"{service}-audits")


def _behind_the_end(service: str, count: StoreCounted, bounds: Bounds) -> Iterator[Finding]:
    """A store that has read or written further than the topic is long: the broker lost its tail, or made it anew."""
    places = [(one.topic, one.partition, one.next, "read to") for one in count.positions]
    places += [(one.topic, one.partition, one.before, "seen the end of") for one in count.produced]
    for topic, partition, offset, did in places:
        _, end = bounds.get((topic, partition), (0, 0))
        if offset > end:
            text = f"{service} has {did} {topic} {partition} at {offset}, and the topic ends at {end}."
            yield Finding("records", text, service=service, topic=topic, partition=partition, offset=end)


def last_counts(counts: Sequence[StoreCounted]) -> dict[str, StoreCounted]:
    """The last of each service."""
    return {one.service: one for one in sorted(counts, key=lambda one: one.counted_at)}


def unsettled_subjects(counts: Mapping[str, StoreCounted]) -> set[bytes]:
    """Those of which the log must remember every event."""
    return {one.subject.encode() for count in counts.values() for one in count.unsettled}
