# SPDX-License-Identifier: Apache-2.0
"""What consumers state is written down as pacts, and is enough for them: they play the story with nothing else."""

import doctest
from pathlib import Path
from types import ModuleType

import pytest
from tests.contract.needs import messages, paths, story
from tests.contract.needs.consuming import as_in_pacts, reduced
from tests.contract.needs.messages import telling
from tests.contract.needs.pacts import PACTS, faults, rendered
from tests.contract.needs.plays import perform, performed
from tests.contract.needs.statements import CONSUMERS, Statement, differences, statement_of, statements
from tests.contract.needs.story import whole_story

each_consumer = pytest.mark.parametrize("consumer", CONSUMERS)


def test_the_pacts_are_up_to_date() -> None:
    expected = rendered(statements())
    assert len(expected) > len(CONSUMERS)
    assert faults(PACTS, expected) == [], "bring them up to date: python -m tests.contract.needs.pacts"


def test_a_pact_that_is_missing_stale_or_orphaned_is_named(tmp_path: Path) -> None:
    expected = {name: f"{name}\n" for name in ("a.json", "b.json", "c.json")}
    (tmp_path / "a.json").write_text("a.json\n", encoding="utf-8")
    (tmp_path / "b.json").write_text("otherwise", encoding="utf-8")
    (tmp_path / "d.json").write_text("", encoding="utf-8")
    assert faults(tmp_path, expected) == ["missing: c.json", "stale: b.json", "orphaned: d.json"]


@each_consumer
def test_every_stated_field_is_in_a_message_of_its_pact(consumer: str) -> None:
    stated = statement_of(consumer).events
    missing = {name: left for name, paths in stated.items() if (left := telling(name, paths, whole_story())[1])}
    assert missing == {}, "give the story a message that has it: tests/contract/needs/more.yaml"


def test_a_stated_field_that_no_message_has_is_named() -> None:
    without = [told for told in whole_story() if told.name != "case-filed.v1 mail-of-many-pages"]
    chosen, left = telling("case-filed.v1", ["segment", "full_text.*", "case_number"], without)
    assert chosen
    assert left == {"segment", *(f"full_text.{name}" for name in ("sha256", "name", "type", "size", "scan"))}


@each_consumer
def test_with_the_stated_fields_alone_a_consumer_does_the_same(consumer: str) -> None:
    whole = performed(consumer)[0].stage
    played = perform(consumer, reduced(statement_of(consumer), whole_story())).stage
    assert played.outcome() == whole.outcome()


def test_without_a_field_that_it_needs_a_consumer_does_otherwise() -> None:
    stated = statement_of("satisfaction")
    less = tuple(path for path in stated.events["case-filed.v1"] if path != "regulator")
    poorer = Statement("satisfaction", {**stated.events, "case-filed.v1": less})
    played = perform("satisfaction", reduced(poorer, whole_story())).stage
    assert played.outcome() != performed("satisfaction")[0].stage.outcome()


@each_consumer
def test_a_consumer_reads_and_handles_the_messages_of_its_pacts(consumer: str) -> None:
    stated = statement_of(consumer)
    seen = perform(consumer, as_in_pacts(stated, whole_story())).seen
    assert seen.keys() == stated.events.keys()
    assert not [line for line in differences(stated, seen) if "does not state it" in line]


@pytest.mark.parametrize("module", [messages, paths, story])
def test_the_examples_in_the_docstrings_are_right(module: ModuleType) -> None:
    found = doctest.testmod(module)
    assert (found.failed, found.attempted > 0) == (0, True)
