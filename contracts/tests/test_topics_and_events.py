# SPDX-License-Identifier: Apache-2.0
"""Topics (topics/*.yaml) and event classes say the same."""

import shutil
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from ventanilla_contracts.registry import EVENTS
from ventanilla_contracts.topics import CASE_PARTITIONS, TopicSpec, faults

TOPICS = Path(__file__).parents[1] / "topics"


def load(folder: Path) -> dict[str, TopicSpec]:
    files = sorted(folder.glob("*.yaml"))
    return {path.stem: TopicSpec.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in files}


@pytest.fixture
def topics(tmp_path: Path) -> Path:
    return shutil.copytree(TOPICS, tmp_path / "topics")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_every_topic_file_is_valid_and_named_as_its_topic() -> None:
    assert all(name == spec.name for name, spec in load(TOPICS).items())
    assert not [path for path in TOPICS.iterdir() if path.suffix != ".yaml"]


def test_every_event_is_on_the_topic_that_its_class_names_and_only_there() -> None:
    assert faults(load(TOPICS), EVENTS) == []


def test_every_topic_keyed_by_case_has_the_same_number_of_partitions() -> None:
    assert {spec.partitions for spec in load(TOPICS).values() if spec.key == "case"} == {CASE_PARTITIONS}


def test_every_topic_names_its_producer_and_a_consumer() -> None:
    assert all(spec.producer and spec.consumers for spec in load(TOPICS).values())


def test_an_event_on_a_second_topic_on_the_wrong_one_and_on_none_is_found(topics: Path) -> None:
    edit(topics / "routing-cases.yaml", "  - case-closed.v1\n", "  - check-waived.v1\n")
    edit(topics / "intake-outcomes.yaml", "submission-held.v1", "submission-lost.v1")
    assert sorted(faults(load(topics), EVENTS)) == [
        "event case-closed.v1: is on no topic, expected on routing-cases",
        "event check-waived.v1: is listed 2 times",
        "event submission-held.v1: is on no topic, expected on intake-outcomes",
        "topic intake-outcomes: submission-lost.v1 is no event of ours",
        "topic routing-cases: check-waived.v1 belongs on satisfaction-checks",
    ]


def test_a_count_that_a_service_does_not_publish_on_its_own_topic_is_found(topics: Path) -> None:
    edit(topics / "routing-audits.yaml", "name: routing-audits", "name: routing-sums")
    assert faults(load(topics), EVENTS) == ["topic routing-sums: store-counted.v1 belongs on routing-audits"]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("name: routing-cases", "name: routing", "name\n"),
        ("name: routing-cases", "name: intake-cases", "expected routing-<noun>, the producer first"),
        ("producer: routing", "producer: billing", "producer"),
        ("producer: routing\n", "", "producer"),
        ("consumers: [intake, notifications, satisfaction, reporting]", "consumers: []", "consumers"),
        ("consumers: [intake,", "consumers: [billing,", "consumers.0"),
        ("partitions: 12", "partitions: 6", "expected 12, as in every topic keyed by case"),
        ('retention.ms: "-1"', 'retention.ms: "604800000"', 'expected retention.ms "-1"'),
        ("sequenced: true", "sequenced: true\nowner: me", "owner"),
    ],
)
def test_a_wrong_topic_file_is_refused_and_the_field_named(topics: Path, old: str, new: str, fault: str) -> None:
    edit(topics / "routing-cases.yaml", old, new)
    with pytest.raises(ValidationError) as caught:
        load(topics)
    assert fault in str(caught.value)
