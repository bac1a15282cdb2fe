# SPDX-License-Identifier: Apache-2.0
"""What a store had waiting, parked or unpublished when it was counted: each must have a cause that can be named."""

from collections.abc import Iterator

from reporting.domain.audit.findings import Finding, Open
from reporting.domain.audit.house_log import HouseLog
from reporting.domain.audit.stores import OLDEST_UNPUBLISHED_SECONDS, StoreAudit
from ventanilla_contracts.audits import StoreCounted, Unsettled

CATCHING_UP_SECONDS = 300
"""A service that catches up lets many events wait; after this time a gap without cause is an alarm there."""


def on_the_way(house: HouseLog, store: StoreAudit) -> Iterator[Finding | Open]:
    """Findings for what no cause explains, the rest as open."""
    count = store.count
    if count.outbox.count and count.outbox.oldest_seconds > OLDEST_UNPUBLISHED_SECONDS:
        text = (
            f"{count.service} had {count.outbox.count} messages to publish when it was counted, the oldest "
            f"for {count.outbox.oldest_seconds} s."
        )
        yield Finding("on-the-way", text, service=count.service)
    if count.unsettled_count == len(count.unsettled) and count.parked_count == len(count.parked):
        for one in count.unsettled:
            yield from _unsettled(house, store, one)
    elif count.parked_count > len(count.parked) or count.waiting.oldest_seconds > CATCHING_UP_SECONDS:
        text = (
            f"{count.service} has {count.unsettled_count} subjects of which events wait or are parked, more than it "
            f"can name: their causes are not looked at."
        )
        yield Finding("on-the-way", text, service=count.service)
    yield from _summary(count)


def _summary(count: StoreCounted) -> Iterator[Open]:
    if count.parked_count:
        examples = tuple(
            f"{one.topic} {one.partition}/{one.offset} {one.subject or '?'}: {one.reason}" for one in count.parked[:10]
        )
        text = f"Parked in {count.service}; `python -m {count.service} dlq` shows, replays, discards."
        yield Open("parked", count.parked_count, text, max(one.seconds for one in count.parked), examples)
    if count.waiting.count:
        text = f"Events that wait for their turn in {count.service}."
        yield Open("waiting", count.waiting.count, text, count.waiting.oldest_seconds)
    if count.accepted_count:
        examples = tuple(f"{one.topic} {one.subject} up to {one.seq}" for one in count.accepted[:10])
        text = f"Gaps that a person of {count.service} accepted: these events are gone."
        yield Open("gaps-accepted", count.accepted_count, text, None, examples)


def _unsettled(house: HouseLog, store: StoreAudit, one: Unsettled) -> Iterator[Finding]:
    """Of each topic the next event must be parked, missing, or have seen what is not applied yet."""
    known = house.watched.get(one.subject.encode(), {})
    parked = {(row.topic, row.seq) for row in store.count.parked if row.subject == one.subject}
    for topic in sorted(store.positions.keys() & house.logs.keys()):
        applied = one.applied.get(topic, 0)
        event = known.get((topic, applied + 1))
        end = store.positions[topic]
        if event is None or event.offset >= end.get(event.partition, 0) or (topic, applied + 1) in parked:
            continue
        behind = [
            other.decode()
            for other, seq in event.seen
            if other.decode() in store.positions and one.applied.get(other.decode(), 0) < seq
        ]
        if behind or _is_parked_here(store, topic, event.partition, event.offset):
            continue
        text = (
            f"{store.count.service} has read seq {applied + 1} of {topic} and not applied it, and nothing that it "
            f"waits for is missing."
        )
        keys = house.logs[topic].keys
        yield house.cases.about(
            "on-the-way",
            text,
            keys,
            keys.at(one.subject.encode()),
            topic=topic,
            partition=event.partition,
            offset=event.offset,
            service=store.count.service,
        )


def _is_parked_here(store: StoreAudit, topic: str, partition: int, offset: int) -> bool:
    return any((row.topic, row.partition, row.offset) == (topic, partition, offset) for row in store.count.parked)
