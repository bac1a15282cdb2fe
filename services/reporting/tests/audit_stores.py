# SPDX-License-Identifier: Apache-2.0
"""Five stores that applied the topics of a made-up house as the chassis does, and the audit of all of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from audit_town import AUDITED, HOUSE_TOPICS, SERVICES, SPECS, Cut, Told, Town
from reporting_story import BOGOTA

from chassis.operating.ledgers import StoreSums
from reporting.domain.audit.cases import Cases
from reporting.domain.audit.findings import Check
from reporting.domain.audit.house_log import HouseLog
from reporting.domain.audit.verdict import Audit, Verdict, unsettled_subjects
from ventanilla_contracts.audits import (
    AcceptedGap,
    Left,
    Parked,
    Position,
    Produced,
    StoreCounted,
    Unpublished,
    Unsettled,
)
from ventanilla_contracts.envelope import Actor


@dataclass
class Stored:
    """A subject in a store."""

    applied: dict[str, int] = field(default_factory=dict)
    emitted: dict[str, int] = field(default_factory=dict)
    waiting: int = 0


@dataclass
class Store:
    """What a service kept, as the chassis would have: an event is applied in its turn, once what it saw is."""

    service: str
    positions: Cut
    before: Cut
    after: Cut
    subjects: dict[str, Stored] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    parked: list[Parked] = field(default_factory=list)
    unpublished: list[Unpublished] = field(default_factory=list)
    accepted: list[AcceptedGap] = field(default_factory=list)
    outbox_seconds: int = 0
    counted_at: datetime = AUDITED

    def count(self) -> StoreCounted:
        """The event that this store would publish."""
        read = [t for t in HOUSE_TOPICS if SPECS[t].sequenced and self.service in SPECS[t].consumers]
        own = [t for t in HOUSE_TOPICS if SPECS[t].producer == self.service and SPECS[t].key == "case"]
        told = ["intake-outcomes"] if self.service == "intake" else []
        sums = StoreSums(read, own, told)
        for name, one in self.subjects.items():
            applied = {topic: [seq, ""] for topic, seq in one.applied.items()}
            sums.add_subject({"_id": name, "applied": applied, "emitted": one.emitted})
        for submission in self.told:
            sums.add_told("intake-outcomes", submission)
        suspects = {row.subject for row in self.parked if row.subject is not None}
        unsettled = tuple(
            Unsettled(subject=name, applied=one.applied, waiting=one.waiting)
            for name, one in self.subjects.items()
            if one.waiting or name in suspects
        ) + tuple(Unsettled(subject=name, applied={}, waiting=0) for name in suspects - self.subjects.keys())
        waiting = sum(one.waiting for one in self.subjects.values())
        return StoreCounted(
            actor=Actor(id=self.service, role="service"),
            service=self.service,
            counted_at=self.counted_at,
            subjects={"cases": len(self.subjects)},
            ledgers=sums.ledgers(),
            positions=tuple(Position(topic=t, partition=p, next=n) for (t, p), n in self.positions.items()),
            produced=tuple(
                Produced(topic=t, partition=p, before=n, after=self.after[t, p]) for (t, p), n in self.before.items()
            ),
            unsettled_count=len(unsettled),
            unsettled=unsettled,
            waiting=Left(count=waiting, oldest_seconds=0),
            parked_count=len(self.parked),
            parked=tuple(self.parked),
            outbox=Left(count=len(self.unpublished), oldest_seconds=self.outbox_seconds),
            unpublished_count=len(self.unpublished),
            unpublished=tuple(self.unpublished),
            accepted_count=len(self.accepted),
            accepted=tuple(self.accepted),
        )


def store_of(town: Town, service: str, positions: Cut, written: Cut, *, parks: Iterable[Told] = ()) -> Store:
    """A store that read up to ``positions`` and wrote up to ``written``; what is in ``parks`` it could not apply."""
    reads = {place: n for place, n in positions.items() if service in SPECS[place[0]].consumers}
    own = {place: n for place, n in written.items() if SPECS[place[0]].producer == service}
    store = Store(service, reads, own, own)
    parked = set(parks)
    for subject, events in _by_subject(town, reads).items():
        one = _applied(events, parked)
        if one.applied or one.waiting:  # where the first event is parked, nothing else is stored
            store.subjects[subject] = one
    for place, end in own.items():
        for told in town.log[place]:
            if told.offset < end:
                _note_own(store, told)
    store.parked = [_row(told) for told in parked if told.offset < reads.get((told.topic, told.partition), 0)]
    return store


def _by_subject(town: Town, reads: Cut) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = defaultdict(list)
    for place, end in reads.items():
        if SPECS[place[0]].sequenced:
            for told in town.log[place]:
                if told.offset < end:
                    found[told.key.decode()].append(told)
    return found


def _applied(events: list[Told], parked: set[Told]) -> Stored:
    one, left = Stored(), list(events)
    reads = {name for name, spec in SPECS.items() if spec.key == SPECS[events[0].topic].key}
    progress = True
    while progress:
        progress = False
        for told in list(left):
            envelope, last = told.envelope, one.applied.get(told.topic, 0)
            seen = [(other, seq) for other, seq in envelope.seen.items() if _reads(events, other)]
            ready = all(one.applied.get(other, 0) >= seq for other, seq in seen)
            if envelope.seq is not None and envelope.seq <= last:
                left.remove(told)
            elif envelope.seq == last + 1 and ready and told not in parked and told.topic in reads:
                one.applied[told.topic] = envelope.seq
                left.remove(told)
                progress = True
    one.waiting = len([told for told in left if told not in parked])
    return one


def _reads(events: list[Told], topic: str) -> bool:
    """Whether this kind of subject is built from the topic, in the service whose events these are."""
    return topic in {told.topic for told in events}


def _note_own(store: Store, told: Told) -> None:
    key, seq = told.key.decode(), told.envelope.seq or 0
    if SPECS[told.topic].key == "submission":
        store.told.add(key)
        return
    emitted = store.subjects.setdefault(key, Stored()).emitted
    emitted[told.topic] = max(emitted.get(told.topic, 0), seq)


def _row(told: Told) -> Parked:
    return Parked(
        topic=told.topic,
        partition=told.partition,
        offset=told.offset,
        subject=told.key.decode(),
        seq=told.envelope.seq,
        reason="KeyError",
        seconds=60,
    )


def stores_of(town: Town) -> dict[str, Store]:
    """The five stores, each at the end of everything."""
    return {name: store_of(town, name, town.ends(), town.ends()) for name in SERVICES}


def judge(town: Town, stores: Mapping[str, Store], *, at: datetime = AUDITED, starts: Cut | None = None) -> Verdict:
    """The audit of this house, as it would be read from the broker."""
    return judged(town, {name: store.count() for name, store in stores.items()}, at=at, starts=starts)


def judged(
    town: Town, counts: Mapping[str, StoreCounted], *, at: datetime = AUDITED, starts: Cut | None = None
) -> Verdict:
    """The audit of a house whose services have told these counts."""
    house = HouseLog(SPECS, Cases(BOGOTA), began_ms=int(at.timestamp() * 1000), watched=unsettled_subjects(counts))
    audit = Audit(house, SPECS, counts)
    for (topic, partition), records in town.log.items():
        for told in records:
            house.take(topic, partition, told.offset, told.timestamp, told.key, told.value, told.headers)
    bounds = {place: ((starts or {}).get(place, 0), end) for place, end in town.ends().items()}
    return audit.verdict(bounds, real_now=at, house_now=at)


def found(verdict: Verdict) -> list[tuple[Check, str]]:
    return [(one.check, one.text) for one in verdict.findings]
