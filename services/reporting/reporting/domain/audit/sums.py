# SPDX-License-Identifier: Apache-2.0
"""The ledgers that the topics give, compared with those of a store; the subjects named that make them differ."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from reporting.domain.audit.keys import Keys
from ventanilla_contracts.audits import BUCKETS, MODULUS, Ledger, bucket_of, digest_of

Digest = Callable[[int, int], int]
"""Of a key (its number) at a seq."""

SEQS_BELOW, SEQS_ABOVE = 64, 8
"""A store is looked for so far behind and ahead of what is expected."""

MOST_WAYS = 4096
"""Of what a busy bucket may have held at the instant of the count."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Of a subject (its number) the topics have ``expected`` and the store ``found``; 0 is nothing."""

    n: int
    expected: int
    found: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A bucket whose sums differ; ``named`` is empty if more than two subjects differ."""

    bucket: int
    expected: int
    found: int
    named: tuple[Difference, ...] = ()


class Expected:
    """A ledger as it ought to be: each key from the lowest to the highest seq that it may have had."""

    def __init__(self, topic: str, keys: Keys, base: "Base") -> None:
        self._topic = topic.encode()
        self._keys = keys
        self._base = base
        self._changed: dict[int, tuple[int, int]] = {}
        self._counts, self._sums = list(base.counts), list(base.sums)
        self._busy: dict[int, list[int]] = {}

    def change(self, n: int, low: int, high: int) -> None:
        """This key is not where the end of the topic has it; if ``high`` is more than ``low``, nobody knows where."""
        bucket = bucket_of(self._keys.names[n])
        before = self.low(n)
        if before:
            self._counts[bucket] -= 1
            self._sums[bucket] -= self.digest(n, before)
        if low:
            self._counts[bucket] += 1
            self._sums[bucket] += self.digest(n, low)
        self._changed[n] = (low, high)
        if high > low:
            self._busy.setdefault(bucket, []).append(n)

    def low(self, n: int) -> int:
        return self._changed[n][0] if n in self._changed else self._base.seq_of(n)

    def digest(self, n: int, seq: int) -> int:
        return digest_of(self._topic, self._keys.names[n], seq)

    def disagreements(self, ledger: Ledger, *, name_at_most: int) -> Iterator[Disagreement]:
        """Each bucket that differs from the store's; of the first ones the subjects are named."""
        named = 0
        for bucket in range(BUCKETS):
            theirs = ledger.buckets.get(f"{bucket:02x}")
            count, total = (theirs.count, int(theirs.sum, 16)) if theirs else (0, 0)
            more, rest = self._counts[bucket] - count, (self._sums[bucket] - total) % MODULUS
            if (more, rest) == (0, 0) or self._busy_explains(bucket, more, rest):
                continue
            named += 1
            why = self._explained(bucket, more, rest) if named <= name_at_most and abs(more) <= 2 else ()
            yield Disagreement(bucket, self._counts[bucket], count, why)

    def _busy_explains(self, bucket: int, more: int, rest: int) -> bool:
        """Whether some of the events that were on their way account for the difference."""
        found = {(more, rest)}
        for n in self._busy.get(bucket, ()):
            low, high = self._changed[n]
            found |= {_less(one, self._step(n, low, seq)) for one in found for seq in range(low + 1, high + 1)}
            if len(found) > MOST_WAYS:
                return False
        return (0, 0) in found

    def _step(self, n: int, low: int, seq: int) -> tuple[int, int]:
        """By how much fewer and less there would be, were the key at ``seq`` instead."""
        return (0 if low else -1, (self.digest(n, low) if low else 0) - self.digest(n, seq))

    def _explained(self, bucket: int, more: int, rest: int) -> tuple[Difference, ...]:
        keys = [(n, self.low(n)) for n in self._keys.in_bucket(bucket)]
        return explain(keys, more, rest, self.digest)


def _less(one: tuple[int, int], step: tuple[int, int]) -> tuple[int, int]:
    return one[0] - step[0], (one[1] - step[1]) % MODULUS


def explain(keys: Iterable[tuple[int, int]], more: int, rest: int, digest: Digest) -> tuple[Difference, ...]:
    """Which one or two keys make the expected sum ``rest`` larger and the count ``more`` larger; () if none do.

    A wrong answer is as likely as that two of some million 64-bit numbers meet.
    """
    moves = _moves(keys, digest)
    if (one := moves.get((more, rest))) is not None:
        return (one,)
    for (count, part), move in moves.items():
        other = moves.get((more - count, (rest - part) % MODULUS))
        if other is not None and other.n != move.n:
            return (move, other)
    return ()


def _moves(keys: Iterable[tuple[int, int]], digest: Digest) -> dict[tuple[int, int], Difference]:
    """Everything that one key alone can do to count and sum."""
    moves: dict[tuple[int, int], Difference] = {}
    for n, seq in keys:
        here = digest(n, seq) if seq else 0
        if seq:
            moves[1, here] = Difference(n, seq, 0)
        for other in range(max(1, seq - SEQS_BELOW), seq + SEQS_ABOVE + 1):
            if other != seq:
                moves[(0 if seq else -1), (here - digest(n, other)) % MODULUS] = Difference(n, seq, other)
    return moves


@dataclass(frozen=True)
class Base:
    """Counts and sums of a whole topic at its end."""

    counts: list[int]
    sums: list[int]
    seq_of: Callable[[int], int]


def base_of(topic: str, keys: Keys, seq_of: Callable[[int], int]) -> Base:
    """``seq_of``: where each key is; 0 for those that the topic does not have."""
    name, counts, sums = topic.encode(), [0] * BUCKETS, [0] * BUCKETS
    for n, key in enumerate(keys.names):
        if seq := seq_of(n):
            bucket = bucket_of(key)
            counts[bucket] += 1
            sums[bucket] += digest_of(name, key, seq)
    return Base(counts, sums, seq_of)


def told_once(seq_of: Callable[[int], int]) -> Callable[[int], int]:
    """1 for each key that the topic has."""
    return lambda n: min(seq_of(n), 1)


def named(keys: Keys, seqs: Mapping[str, int]) -> dict[int, int]:
    """Subjects by number instead of by name."""
    return {keys.at(subject.encode()): seq for subject, seq in seqs.items()}
