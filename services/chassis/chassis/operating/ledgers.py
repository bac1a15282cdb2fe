# SPDX-License-Identifier: Apache-2.0
"""Sums over subjects that tell how far each is in a topic (see ventanilla_contracts.audits)."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from ventanilla_contracts.audits import BUCKETS, MODULUS, Bucket, Ledger, bucket_of, digest_of

Kind = Literal["applied", "emitted", "told"]


class LedgerSums:
    """One ledger while it is added up."""

    def __init__(self, kind: Kind, topic: str) -> None:
        self._kind: Kind = kind
        self._topic = topic
        self._bytes = topic.encode()
        self._counts = [0] * BUCKETS
        self._sums = [0] * BUCKETS

    def add(self, subject: bytes, bucket: int, seq: int) -> None:
        self._counts[bucket] += 1
        self._sums[bucket] += digest_of(self._bytes, subject, seq)

    def ledger(self) -> Ledger:
        buckets = {
            f"{n:02x}": Bucket(count=count, sum=f"{self._sums[n] % MODULUS:016x}")
            for n, count in enumerate(self._counts)
            if count
        }
        return Ledger(kind=self._kind, topic=self._topic, buckets=buckets)


class StoreSums:
    """All ledgers of one store."""

    def __init__(self, applied: Iterable[str], emitted: Iterable[str], told: Iterable[str]) -> None:
        """The topics of each kind; a ledger is kept even if no subject is in it."""
        self._applied = {topic: LedgerSums("applied", topic) for topic in applied}
        self._emitted = {topic: LedgerSums("emitted", topic) for topic in emitted}
        self._told = {topic: LedgerSums("told", topic) for topic in told}

    def add_subject(self, document: Mapping[str, Any]) -> None:
        """A subject as it is stored."""
        subject = document["_id"].encode()
        bucket = bucket_of(subject)
        for topic, (seq, _) in document["applied"].items():
            if topic in self._applied:
                self._applied[topic].add(subject, bucket, seq)
        for topic, seq in document["emitted"].items():
            if topic in self._emitted:
                self._emitted[topic].add(subject, bucket, seq)

    def add_told(self, topic: str, subject: str) -> None:
        """A row of the service's own that stands for an event on the topic."""
        key = subject.encode()
        self._told[topic].add(key, bucket_of(key), 1)

    def ledgers(self) -> tuple[Ledger, ...]:
        return tuple(one.ledger() for kind in (self._applied, self._emitted, self._told) for one in kind.values())
