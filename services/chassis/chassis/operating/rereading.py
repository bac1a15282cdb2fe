# SPDX-License-Identifier: Apache-2.0
"""Looking in the topic for what is missing, also where it does not belong, and letting it enter by the one door."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from chassis.batch import BreakerOpen, Processor
from chassis.inputs import Input, event_input
from chassis.operating.acts import Acts, By
from chassis.operating.gaps import Gap, Gaps, GapStays, Seqs, holes, seqs_text
from chassis.operating.log_reading import Logs
from chassis.records import Parsed, Reader, Undecodable

APPLIED = "applied"
WAITS = "waits for its turn"
NOT_IN_LOG = "not in the log"
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Reread:
    """What became of some seqs of one topic."""

    topic: str
    seqs: Seqs
    outcome: str

    @property
    def done(self) -> bool:
        """Nothing more is to be done about it."""
        return self.outcome in {APPLIED, WAITS}


class Rereading:
    """Reads topics of one service again."""

    def __init__(self, gaps: Gaps, logs: Logs, reader: Reader, processor: Processor, acts: Acts) -> None:
        self._gaps = gaps
        self._logs = logs
        self._reader = reader
        self._processor = processor
        self._acts = acts

    async def reread(
        self, subject: str, by: By, *, topic: str | None = None, since: datetime | None = None
    ) -> list[Reread]:
        """Find the missing events of a subject and apply them; no mark moves.

        ``since``: only what the broker got at that real time or later. Raises GapStays where nothing is missing,
        TopicsMissing, KafkaError, Unavailable, Conflict.
        """
        gaps = [gap for gap in await self._gaps.of(subject, topic) if gap.missing]
        if not gaps:
            raise GapStays("nothing-missing", f"{subject}: nothing is missing{f' of {topic}' if topic else ''}")
        return [one for gap in gaps for one in await self._reread(gap, by, since)]

    async def _reread(self, gap: Gap, by: By, since: datetime | None) -> list[Reread]:
        about = {"topic": gap.topic, "subject": gap.subject, "seq": gap.missing[0][0]}
        act = await self._acts.begin("reread", f"{gap.aggregate.name}/{gap.subject}/{gap.topic}", by, about)
        items = [event_input(parsed, gap.aggregate, again=True) for parsed in await self._found(gap, since)]
        absent = _absent(gap, items)
        for item in items[:1]:  # the first of them, if any, is next
            item.beside = (act.done(_summary([*_as_found(gap, items), *absent])),)
        try:
            for start in range(0, len(items), AT_ONCE):
                await self._processor.process(items[start : start + AT_ONCE])
        except BreakerOpen as error:
            await self._acts.end(act, f"failed: {error}")
            raise GapStays("most-raise", f"{gap.subject}: {error}") from error
        told = [*await self._told(gap, items), *absent]
        await self._acts.end(act, _summary(told))
        return sorted(told, key=lambda one: one.seqs)

    async def _found(self, gap: Gap, since: datetime | None) -> list[Parsed]:
        """In the order of their seqs; of several records of one seq the first, as it would have been applied."""
        found: dict[int, Parsed] = {}
        async with aclosing(self._logs.of_key(gap.topic, gap.subject, since=since)) as records:
            async for record in records:
                parsed = self._reader.read(record)
                seq = None if parsed.envelope is None else parsed.envelope.seq
                if seq is not None and gap.lacks(seq):
                    found.setdefault(seq, parsed)
                    if all(first == last and first in found for first, last in gap.missing):
                        break
        return [parsed for _, parsed in sorted(found.items())]

    async def _told(self, gap: Gap, items: Sequence[Input]) -> list[Reread]:
        left = {one.topic: one for one in await self._gaps.of(gap.subject)}.get(gap.topic)
        return [Reread(gap.topic, (seq, seq), _outcome(item, seq, left)) for item in items for seq in [_seq(item)]]


def _outcome(item: Input, seq: int, left: Gap | None) -> str:
    """``left``: what is still missing or parked."""
    if isinstance(item.outcome, Exception):
        why = f"{type(item.outcome).__name__} while deciding"
        return f"parked: {item.parsed.reason if isinstance(item.parsed, Undecodable) else why}"
    return APPLIED if left is None or seq <= left.applied else WAITS


def _seq(item: Input) -> int:
    return (item.envelope and item.envelope.seq) or 0


def _as_found(gap: Gap, items: Sequence[Input]) -> list[Reread]:
    return [Reread(gap.topic, (seq, seq), "read again") for seq in map(_seq, items)]


def _absent(gap: Gap, items: Sequence[Input]) -> list[Reread]:
    found = sorted(map(_seq, items))
    return [
        Reread(gap.topic, seqs, NOT_IN_LOG) for first, last in gap.missing for seqs in holes(first - 1, found, last)
    ]


def _summary(told: Sequence[Reread]) -> str:
    """For the audit.

    >>> _summary([Reread("t", (6, 6), "applied"), Reread("t", (8, 9), NOT_IN_LOG), Reread("t", (7, 7), "applied")])
    'applied: 6, 7; not in the log: 8-9'
    """
    by_outcome: dict[str, list[Seqs]] = {}
    for one in told:
        by_outcome.setdefault(one.outcome, []).append(one.seqs)
    return "; ".join(f"{outcome}: {seqs_text(sorted(seqs))}" for outcome, seqs in by_outcome.items())
