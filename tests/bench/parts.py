# SPDX-License-Identifier: Apache-2.0
"""`python -m tests.bench.parts`: what one case filed costs routing, part by part and without I/O."""

import os
import time
from collections.abc import Callable
from typing import Any, TypeVar

os.environ.setdefault("KAFKA_BOOTSTRAP_SERVERS", "none:9092")
os.environ.setdefault("MONGODB_URI", "mongodb://none")

from chassis.command_line import spare_the_collector
from chassis.decision import Decision, Received
from chassis.documents import encoded
from chassis.fold import Folder
from chassis.inputs import event_input
from chassis.messages import Message, event_message
from chassis.records import Readable, Reader, StoredRecord
from chassis.subjects import Subject
from tests.bench.workload import BATCH, START, TOPIC, cases, filed, settings
from ventanilla_contracts.envelope import Event

T = TypeVar("T")
TRACE = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"


def timed(name: str, part: Callable[[], T]) -> T:
    """Run a part on the whole batch, print the best, return what it made."""
    best = float("inf")
    for _ in range(7):
        began = time.process_time()
        made = part()
        best = min(best, time.process_time() - began)
    print(f"{name:<34} {best / BATCH * 1000:.3f}")
    return made


def main() -> None:
    aggregate = cases(settings("", "parts"))
    records = [StoredRecord(TOPIC, 0, n, 1, m.key, m.value, m.headers) for n, m in enumerate(filed(BATCH))]
    reader = Reader("", {TOPIC: True}, frozenset(event.TYPE for event in aggregate.handles))
    spare_the_collector()

    def read() -> list[Readable]:
        return [one for record in records if isinstance(one := reader.read(record), Readable)]

    def decide() -> list[Decision[Any]]:
        heard = [Received(one.event, one.envelope.id, one.envelope.subject, START, TOPIC) for one in parsed]
        return [made for one in heard if isinstance(made := aggregate.decide(None, one, START), Decision)]

    def encode_events() -> list[Message]:
        about: dict[str, Any] = {"key": "k", "seq": 1, "seen": {}, "source": "routing", "now": START}
        events = [event for made in decided for event in made.events if isinstance(event, Event)]
        return [event_message(event, traceparent=TRACE, **about) for event in events]

    def encode_states() -> list[Any]:
        return [encoded({"_id": "k", "state": made.state.model_dump()}) for made in decided]

    def fold() -> None:
        folder = Folder("routing", START)
        for one in parsed:
            folder.fold(aggregate, Subject(one.envelope.subject), [event_input(one, aggregate)], ())

    print("CPU ms for each case filed, best of seven")
    parsed = timed("read and validate the event", read)
    decided = timed("decide", decide)
    timed("encode three events", encode_events)
    timed("encode the state", encode_states)
    timed("fold: these three and what is ours", fold)


if __name__ == "__main__":
    main()
