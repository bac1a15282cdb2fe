# SPDX-License-Identifier: Apache-2.0
"""Every service can read every golden example of every topic that names it as a consumer."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from chassis.records import Parsed, Readable, Reader, StoredRecord, Undecodable
from chassis.topics import load_topics
from ventanilla_contracts.example import Example
from ventanilla_contracts.registry import EVENTS

EXAMPLES = Path(__file__).parents[2] / "contracts" / "examples"
TOPICS = load_topics()
READERS = [(consumer, name) for name, spec in TOPICS.items() for consumer in spec.consumers]

HANDLERS: Mapping[str, Callable[[Readable], object]] = {}
"""What a service does with a record, by the service's name: each joins when its consumers exist."""


def examples_on(topic: str) -> list[Path]:
    folders = [EXAMPLES / event.rpartition(".v")[0] / f"v{event.rpartition('.v')[2]}" for event in TOPICS[topic].events]
    return sorted(path for folder in folders for path in folder.glob("*.json"))


def record(topic: str, example: Example) -> StoredRecord:
    return StoredRecord(topic, 0, 0, 0, example.key.encode(), example.raw_value(), tuple(example.raw_headers()))


def read(topic: str, example: Example) -> Parsed:
    """As every service's consumer reads it, with rules for all events."""
    sequenced = {name: spec.sequenced for name, spec in TOPICS.items()}
    return Reader("", sequenced, frozenset(EVENTS)).read(record(topic, example))


def receive(service: str, topic: str, example: Example) -> None:
    parsed = read(topic, example)
    assert isinstance(parsed, Readable), parsed
    if handle := HANDLERS.get(service):
        handle(parsed)


@pytest.mark.parametrize(("service", "topic"), READERS, ids=lambda value: value)
def test_a_consumer_reads_every_example_of_its_topic(service: str, topic: str) -> None:
    paths = examples_on(topic)
    assert paths
    for path in paths:
        receive(service, topic, Example.model_validate_json(path.read_bytes()))


def test_every_service_reads_something() -> None:
    assert {service for service, _ in READERS} == {"intake", "routing", "notifications", "satisfaction", "reporting"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"key": "another"}, "key: expected the same text as header ce_subject"),
        ({"headers": {}}, "header ce_specversion: expected 1.0"),
        ({"value": {}}, "actor: missing"),
    ],
)
def test_an_example_that_cannot_be_read_is_found(change: dict[str, object], reason: str) -> None:
    path = EXAMPLES / "case-filed" / "v1" / "email-with-pdf.json"
    example = Example.model_validate_json(path.read_bytes()).model_copy(update=change)
    parsed = read("intake-cases", example)
    assert isinstance(parsed, Undecodable)
    assert parsed.reason.startswith(reason)
    with pytest.raises(AssertionError):
        receive("routing", "intake-cases", example)
