# SPDX-License-Identifier: Apache-2.0
"""What a topic is: the shape of topics/*.yaml, and the rules that hold between topics and events (design 3)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from ventanilla_contracts.envelope import Event, Frozen, ShortText

CASE_PARTITIONS = 12
"""Of every topic keyed by case, never changed: so a case's events meet in one instance (design 2)."""

Service = Literal["intake", "routing", "notifications", "satisfaction", "reporting"]

CHANNEL_SYSTEMS: Final = "channel systems"
"""The producer of what others hand over: none of our services."""

TopicName = Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)+$", max_length=80)]


class TopicSpec(Frozen):
    """One topic: who writes it, who reads it, how it is laid out and what stands on it.

    ``dead_letters``: each consumer has a dead-letter topic; not where it is read from the start each time.
    """

    name: TopicName
    about: Annotated[ShortText, Field(min_length=1)]
    producer: Service | Literal["channel systems"]
    consumers: Annotated[tuple[Service, ...], Field(min_length=1)]
    key: Literal["case", "submission", "program", "report", "service"]
    partitions: Annotated[int, Field(ge=1)]
    sequenced: bool
    dead_letters: bool = True
    config: dict[str, str]
    events: Annotated[tuple[str, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _named_after_its_producer(self) -> Self:
        if self.producer != CHANNEL_SYSTEMS and not self.name.startswith(f"{self.producer}-"):
            raise ValueError(f"name: expected {self.producer}-<noun>, the producer first")
        return self

    @model_validator(mode="after")
    def _a_case_topic_meets_and_keeps_its_cases(self) -> Self:
        if self.key == "case" and self.partitions != CASE_PARTITIONS:
            raise ValueError(f"partitions: expected {CASE_PARTITIONS}, as in every topic keyed by case")
        if self.key == "case" and self.config.get("retention.ms") != "-1":
            raise ValueError('config: expected retention.ms "-1", a case topic is kept for ever')
        return self


def dead_letter_topic(topic: str, consumer: str) -> str:
    """Where a consumer copies what it cannot apply.

    >>> dead_letter_topic("intake-cases", "routing")
    'intake-cases-routing-dlq'
    """
    return f"{topic}-{consumer}-dlq"


def faults(specs: Mapping[str, TopicSpec], events: Mapping[str, type[Event]]) -> list[str]:
    """What topics and event classes disagree about, a line each; none if every event is on its topic and only there."""
    listed = Counter(place for spec in specs.values() for place in _places(spec, events))
    missing = [name for name in events if not any(name == listed_name for listed_name, _ in listed)]
    return [
        *(f"event {name}: is on no topic, expected on {events[name].TOPIC}" for name in missing),
        *(f"event {name}: is listed {count} times" for (name, _), count in listed.items() if count > 1),
        *(fault for spec in specs.values() for name in spec.events if (fault := _misplaced(spec, name, events))),
    ]


def _places(spec: TopicSpec, events: Mapping[str, type[Event]]) -> Iterator[tuple[str, str]]:
    """Each event, and the producer's topic where each producer has one of its own."""
    for name in spec.events:
        shared = name not in events or "<service>" not in events[name].TOPIC
        yield (name, "") if shared else (name, spec.name)


def _misplaced(spec: TopicSpec, name: str, events: Mapping[str, type[Event]]) -> str | None:
    event = events.get(name)
    if event is None:
        return f"topic {spec.name}: {name} is no event of ours"
    home = event.topic_of(spec.producer)
    return None if spec.name == home else f"topic {spec.name}: {name} belongs on {home}"
