# SPDX-License-Identifier: Apache-2.0
"""The golden examples tell one coherent story: what counts in it counts, and who has seen what agrees."""

import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from ventanilla_contracts.envelope import Envelope, event_id
from ventanilla_contracts.example import Example
from ventanilla_contracts.formats import parse_message_id
from ventanilla_contracts.intake import CaseFiled
from ventanilla_contracts.notifications import Delivery
from ventanilla_contracts.registry import EVENTS
from ventanilla_contracts.routing import CaseAnswered, DeadlineSet
from ventanilla_contracts.topics import TopicSpec

CONTRACTS = Path(__file__).parents[1]

Story = list[tuple[str, Envelope]]


def topics() -> dict[str, TopicSpec]:
    specs = [TopicSpec.model_validate(yaml.safe_load(path.read_bytes())) for path in CONTRACTS.glob("topics/*.yaml")]
    return {spec.name: spec for spec in specs}


def story_in(folder: Path) -> Story:
    """Topic and envelope of every example, in the order in which they happened."""
    envelopes = [Example.model_validate_json(path.read_bytes()).envelope() for path in folder.rglob("*.json")]
    return sorted(((topic_of(e), e) for e in envelopes), key=lambda told: (told[1].time, told[1].seq or 0))


def topic_of(envelope: Envelope) -> str:
    return EVENTS[envelope.type].topic_of(envelope.source.removeprefix("/"))


def contradictions(story: Story, specs: Mapping[str, TopicSpec]) -> list[str]:
    """What does not agree in a story in which each service has always applied all that was said before."""
    told: dict[tuple[str, str], int] = defaultdict(int)
    found: list[str] = []
    for topic, envelope in story:
        told[topic, envelope.subject] += 1
        count = told[topic, envelope.subject] if specs[topic].sequenced else None
        before = _said_before(story, topic, envelope, specs)
        faults = faults_of(topic, envelope, count, before, specs[topic].producer)
        found.extend(f"{envelope.type} of {envelope.subject}: {fault}" for fault in faults)
    return found


def faults_of(
    topic: str, envelope: Envelope, count: int | None, said_before: dict[str, int], producer: str
) -> Iterator[str]:
    if envelope.seq != count:
        yield f"expected ce_seq {count}"
    elif count and envelope.id != (expected := event_id(topic, envelope.subject, count)):
        yield f"expected ce_id {expected}"
    if dict(envelope.seen) != said_before:
        yield f"expected ce_seen {said_before}"
    if producer != "channel systems" and envelope.source != f"/{producer}":
        yield f"expected ce_source /{producer}"


def _said_before(story: Story, topic: str, envelope: Envelope, specs: Mapping[str, TopicSpec]) -> dict[str, int]:
    return {
        other: earlier.seq
        for other, earlier in story
        if earlier.subject == envelope.subject
        and earlier.time < envelope.time
        and earlier.seq is not None
        and specs[topic].sequenced
        and specs[topic].producer in specs[other].consumers
    }


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    return shutil.copytree(CONTRACTS / "examples", tmp_path / "examples")


def test_the_story_is_coherent() -> None:
    assert contradictions(story_in(CONTRACTS / "examples"), topics()) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"ce_seq": "8"', '"ce_seq": "9"', "expected ce_seq 8"),
        ('"ce_id": "', '"ce_id": "0', "expected ce_id "),
        ("satisfaction-checks=3", "satisfaction-checks=2", "expected ce_seen {"),
        ('"ce_source": "/routing"', '"ce_source": "/intake"', "expected ce_source /routing"),
    ],
)
def test_a_contradiction_is_found(examples: Path, old: str, new: str, fault: str) -> None:
    path = examples / "case-closed" / "v1" / "after-the-check.json"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    found = contradictions(story_in(examples), topics())
    assert len(found) == 1
    assert fault in found[0]


def test_an_event_that_is_missing_from_the_story_is_found(examples: Path) -> None:
    (examples / "deadline-missed" / "v1" / "no-answer.json").unlink()
    assert any("expected ce_seq" in line for line in contradictions(story_in(examples), topics()))


def test_an_outsider_does_not_count(examples: Path) -> None:
    path = examples / "submission-received" / "v1" / "mail.json"
    text = path.read_text(encoding="utf-8").replace('"content-type"', '"ce_seq": "1", "content-type"')
    path.write_text(text, encoding="utf-8")
    assert any("expected ce_seq None" in line for line in contradictions(story_in(examples), topics()))


def events_in(folder: Path) -> list[tuple[str, object]]:
    examples = [Example.model_validate_json(path.read_bytes()) for path in sorted(folder.rglob("*.json"))]
    return [(example.key, example.event()) for example in examples]


def test_case_numbers_are_consecutive_without_gap_or_repeat() -> None:
    numbers = [event.case_number for _, event in events_in(CONTRACTS / "examples") if isinstance(event, CaseFiled)]
    counts = sorted(int(number.split("-")[2]) for number in numbers)
    assert counts == list(range(counts[0], counts[0] + len(counts)))


def test_an_answer_is_in_time_by_the_last_deadline_of_its_case() -> None:
    told = [Example.model_validate_json(path.read_bytes()) for path in (CONTRACTS / "examples").rglob("*.json")]
    deadlines: dict[str, DeadlineSet] = {}
    answered = 0
    for example in sorted(told, key=lambda example: (example.envelope().time, example.envelope().seq or 0)):
        match example.event():
            case DeadlineSet() as deadline:
                deadlines[example.key] = deadline
                assert deadline.trace[-1].date == deadline.due
            case CaseAnswered() as answer:
                deadline = deadlines[example.key]
                assert (answer.due, answer.in_time) == (deadline.due, answer.answered_at <= deadline.due_at)
                answered += 1
    assert answered == 6


def test_every_letter_names_its_case_and_kind_in_its_message_id() -> None:
    letters = [(key, event) for key, event in events_in(CONTRACTS / "examples") if isinstance(event, Delivery)]
    assert letters
    for case_id, letter in letters:
        parsed = parse_message_id(letter.message_id)
        assert parsed is not None
        assert (parsed[0].case_id, parsed[0].kind) == (case_id, letter.kind)
