# SPDX-License-Identifier: Apache-2.0
"""The golden examples in the order in which they happened: one story of six cases, told by all five services."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from chassis.records import StoredRecord
from ventanilla_contracts.envelope import Envelope, Event
from ventanilla_contracts.example import Example
from ventanilla_contracts.registry import EVENTS

EXAMPLES = Path(__file__).parents[3] / "contracts" / "examples"


@dataclass(frozen=True)
class Told:
    """One message of the story; `name` says which: `case-filed.v1 email-with-pdf`.

    ``rare``: no rule of its producer says it in this place today; readers stand it all the same.
    """

    name: str
    topic: str
    example: Example
    envelope: Envelope
    event: Event
    rare: bool = False

    @property
    def type(self) -> str:
        return self.envelope.type

    @property
    def producer(self) -> str:
        """A service, or the name of a channel system."""
        return self.envelope.source.removeprefix("/")

    def record(self) -> StoredRecord:
        """As a consumer gets it from Kafka."""
        stamp = round(self.envelope.time.timestamp() * 1000)
        headers = tuple(self.example.raw_headers())
        return StoredRecord(self.topic, 0, 0, stamp, self.example.key.encode(), self.example.raw_value(), headers)


def told(example: Example, name: str, *, rare: bool = False) -> Told:
    """Raises KeyError for a type that is not ours, Malformed, pydantic.ValidationError."""
    envelope = example.envelope()
    topic = EVENTS[envelope.type].topic_of(envelope.source.removeprefix("/"))
    return Told(f"{envelope.type} {name}", topic, example, envelope, example.event(), rare)


@cache
def golden_story() -> tuple[Told, ...]:
    found = [told(Example.model_validate_json(path.read_bytes()), path.stem) for path in EXAMPLES.rglob("*.json")]
    return tuple(sorted(found, key=lambda one: (one.envelope.time, one.envelope.seq or 0, one.name)))
