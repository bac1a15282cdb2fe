# SPDX-License-Identifier: Apache-2.0
"""Publishing an event again that its topic lost, with the same seq and id, from wherever its bytes still lie.

Nothing is made up: what is nowhere is said to be nowhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chassis.messages import Message
from chassis.mongo import Database, translated
from chassis.operating.acts import Acts, By, NotPossible
from chassis.operating.copies import Copies
from chassis.operating.gaps import Gaps, Seqs, holes, seqs_text
from chassis.producer import Producer
from chassis.subjects import Aggregate
from chassis.topics import load_topics

MOST = 1_000
NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Republished:
    """What became of one event."""

    seq: int
    outcome: str

    @property
    def is_nowhere(self) -> bool:
        return self.outcome == NOWHERE


class Republishing:
    """Publishes events again, best at the service whose topic it is."""

    def __init__(
        self,
        service: str,
        database: Database,
        aggregates: Iterable[Aggregate],
        gaps: Gaps,
        copies: Copies,
        producer: Producer,
        acts: Acts,
    ) -> None:
        self._service = service
        self._database = database
        self._aggregates = tuple(aggregates)
        self._gaps = gaps
        self._copies = copies
        self._producer = producer
        self._acts = acts

    async def republish(self, subject: str, topic: str, by: By, seqs: Sequence[int] = ()) -> list[Republished]:
        """Publish what is missing on the topic, or these seqs of it.

        Raises NotPossible where nothing is missing or it cannot be known what; TopicsMissing, KafkaError, Unavailable.
        """
        spec = load_topics().get(topic)
        if spec is None or not spec.sequenced:
            raise NotPossible(f"{topic}: no topic whose events are counted")
        there = await self._copies.on_topic(topic, subject)
        wanted = sorted(set(seqs)) or await self._missing(subject, topic, there, own=spec.producer == self._service)
        act = await self._acts.begin(
            "republish", f"{topic}/{subject}", by, {"topic": topic, "subject": subject, "seq": wanted[0]}
        )
        copies = await self._copies.elsewhere(topic, subject, set(wanted) - there.keys())
        if copies:
            await self._publish([copies[seq].message for seq in sorted(copies)])
        outcomes = {seq: f"is on the topic: {there[seq]}" for seq in wanted if seq in there}
        outcomes |= {seq: f"published from {copy.place}" for seq, copy in copies.items()}
        told = [Republished(seq, outcomes.get(seq, NOWHERE)) for seq in wanted]
        await self._acts.end(act, _summary(told))
        return told

    async def _publish(self, messages: Sequence[Message]) -> None:
        try:
            await self._producer.publish(messages)
        finally:
            await self._producer.stop()

    async def _missing(self, subject: str, topic: str, there: Mapping[int, str], *, own: bool) -> list[int]:
        """Of its own topic what it has told and is not there; of another's what it waits for itself."""
        if own:
            told = await self._told(subject, topic)
            if not told:
                raise NotPossible(f"{subject}: told no event of it on {topic}, or does not count them; give --seq")
            missing = holes(0, sorted(there), told)
        else:
            missing = tuple(seqs for gap in await self._gaps.of(subject, topic) for seqs in gap.missing)
        if not missing:
            raise NotPossible(f"{subject}: nothing of {topic} is missing {'on the topic' if own else 'here'}")
        if sum(last - first + 1 for first, last in missing) > MOST:
            raise NotPossible(f"{subject}: more than {MOST} events are missing ({seqs_text(missing)}); give --seq")
        return [seq for first, last in missing for seq in range(first, last + 1)]

    async def _told(self, subject: str, topic: str) -> int:
        """The last seq of the topic that was counted for the subject; 0 for none."""
        last = 0
        for aggregate in self._aggregates:
            with translated():
                row = await self._database.collection(aggregate.name).find_one({"_id": subject}, {"emitted": 1})
            last = max(last, row["emitted"].get(topic, 0) if row else 0)
        return last


def _summary(told: Sequence[Republished]) -> str:
    by_outcome: dict[str, list[Seqs]] = {}
    for one in told:
        by_outcome.setdefault(one.outcome, []).append((one.seq, one.seq))
    return "; ".join(f"{outcome}: {seqs_text(seqs)}" for outcome, seqs in by_outcome.items())
