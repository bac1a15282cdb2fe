# SPDX-License-Identifier: Apache-2.0
"""What each service says about its own store, so that the whole house can be audited from the topics (design 3).

A ledger tells, for one topic, how far each subject is, without naming the subjects: they fall into buckets, and of each
bucket the event gives how many they are and the sum of their digests. Sums of this kind can be taken apart: when one
subject is missing, what is missing from the sum is that subject's own digest.
"""

import zlib
from hashlib import blake2b
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ventanilla_contracts.envelope import Event, Frozen, Instant, ShortText

BUCKETS = 256
MODULUS = 2**64

SubjectId = Annotated[str, Field(max_length=500)]
TopicText = Annotated[str, Field(max_length=80)]
Count = Annotated[int, Field(ge=0)]


def bucket_of(subject: bytes) -> int:
    """In which bucket a subject falls, from 0.

    >>> bucket_of(b"case-1")
    198
    """
    return zlib.crc32(subject) % BUCKETS


def digest_of(topic: bytes, subject: bytes, seq: int) -> int:
    """64 bits that stand for "of this topic this subject is at seq".

    >>> f"{digest_of(b'intake-cases', b'case-1', 2):016x}"
    'b01f8667a551daac'
    """
    return int.from_bytes(blake2b(b"%s %s %d" % (topic, subject, seq), digest_size=8).digest(), "big")


class Bucket(Frozen):
    """``sum`` is that of the digests of its subjects, modulo 2^64, in hexadecimal."""

    count: Annotated[int, Field(ge=1)]
    sum: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class Ledger(Frozen):
    """How far the subjects are in one topic, by bucket (``00`` to ``ff``; those without a subject are left out).

    ``applied``: the last seq that was applied to the subject, of a topic that the service reads. ``emitted``: the last
    seq that it made, of a topic of its own. ``told``: the subject has an event on a topic of its own, seq taken as 1.
    """

    kind: Literal["applied", "emitted", "told"]
    topic: TopicText
    buckets: dict[Annotated[str, Field(pattern=r"^[0-9a-f]{2}$")], Bucket]


class Position(Frozen):
    """How far a partition of a topic that the service reads was applied."""

    topic: TopicText
    partition: Count
    next: Annotated[int, Field(ge=0, description="the offset of the first record that was not applied")]


class Produced(Frozen):
    """Where a partition of a topic of its own ended just before the store was counted, and just after."""

    topic: TopicText
    partition: Count
    before: Count
    after: Count

    @model_validator(mode="after")
    def _in_this_order(self) -> Self:
        if self.after < self.before:
            raise ValueError("after: expected no less than before")
        return self


class Unsettled(Frozen):
    """A subject of which events wait for their turn, or one is parked; ``applied`` by topic, as it is stored."""

    subject: SubjectId
    applied: dict[TopicText, Count]
    waiting: Count


class Parked(Frozen):
    """A record that could not be applied; ``subject`` and ``seq`` are what it claims, if it could be read so far."""

    topic: TopicText
    partition: Count
    offset: int
    subject: SubjectId | None = None
    seq: Count | None = None
    reason: ShortText
    seconds: Annotated[Count, Field(description="since it was parked")]


class Unpublished(Frozen):
    """An event that is saved and not yet known to be on its topic."""

    topic: TopicText
    subject: SubjectId
    seq: Count


class AcceptedGap(Frozen):
    """A person decided to go on although an event is missing: up to ``seq`` counts as applied."""

    topic: TopicText
    subject: SubjectId
    seq: Count


class Left(Frozen):
    """What is on its way: how much in all, and how long the oldest has been."""

    count: Count = 0
    oldest_seconds: Count = 0


class StoreCounted(Event, type="store-counted.v1", topic="<service>-audits"):
    """One store as it was at one instant (a snapshot); each list names the first, its count says how many there are.

    All times are real time, also where the house runs on an accelerated clock.
    """

    service: Annotated[str, Field(max_length=40)]
    counted_at: Instant
    subjects: Annotated[dict[str, Count], Field(description="how many subjects of each kind are stored")]
    ledgers: tuple[Ledger, ...]
    positions: tuple[Position, ...]
    produced: tuple[Produced, ...]
    unsettled_count: Count = 0
    unsettled: tuple[Unsettled, ...] = ()
    waiting: Left = Left()
    parked_count: Count = 0
    parked: tuple[Parked, ...] = ()
    outbox: Annotated[Left, Field(description="in messages")] = Left()
    unpublished_count: Annotated[int, Field(ge=0, description="in subjects of a topic")] = 0
    unpublished: tuple[Unpublished, ...] = ()
    accepted_count: Count = 0
    accepted: tuple[AcceptedGap, ...] = ()
