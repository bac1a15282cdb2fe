# SPDX-License-Identifier: Apache-2.0
"""Every producer is verified by the pacts of all its consumers, with messages that its own code makes of the story."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.contract.needs.channels import TOPIC
from tests.contract.needs.counted import store_counted
from tests.contract.needs.pacts import PACTS, file_name, producers
from tests.contract.needs.plays import performed
from tests.contract.needs.stage import named
from tests.contract.needs.statements import CONSUMERS, STORES
from tests.contract.needs.story import whole_story
from tests.contract.needs.verifying import unmet

from chassis.messages import Message
from chassis.mongo import Database

pytest_plugins = ["chassis.testing"]

SERVICES = ("intake", "routing", "notifications", "satisfaction")
OUTSIDE = "channel systems"
FILED = "case-filed.v1 email-with-pdf"


def made_by(producer: str) -> dict[str, Message]:
    """By name, the messages of the story as the producer's own rules, and the chassis, made them."""
    return {told.name: message for told, message in named(performed(producer)[0].stage, whole_story())}


def of_channel_systems() -> dict[str, Message]:
    """Their code is not ours: what the examples say that they may send."""
    told = [one for one in whole_story() if one.topic == TOPIC]
    return {one.name: Message(TOPIC, one.record().key, one.record().value, one.record().headers) for one in told}


@pytest.mark.parametrize("producer", SERVICES)
def test_a_service_sends_what_its_consumers_need(producer: str) -> None:
    found = unmet(producer, PACTS, made_by(producer))
    assert not found, "\n".join(found)


def test_the_examples_for_channel_systems_have_what_is_needed_of_them() -> None:
    found = unmet(OUTSIDE, PACTS, of_channel_systems())
    assert not found, "\n".join(found)


@pytest.mark.infra
@pytest.mark.parametrize("service", CONSUMERS)
async def test_a_service_tells_of_its_store_what_the_audit_needs(service: str, database: Database) -> None:
    message = await store_counted(service, database)
    counted = {told.name: message for told in whole_story() if told.type == "store-counted.v1"}
    found = unmet(STORES, PACTS, counted)
    assert not found, "\n".join(found)


def test_every_pact_is_with_a_producer_that_is_verified() -> None:
    assert {*SERVICES, OUTSIDE, STORES} == set(producers())
    with_whom = {path.stem.removeprefix(f"{path.stem.split('-')[0]}-") for path in PACTS.glob("*.json")}
    assert with_whom == {file_name(producer) for producer in producers()}


@pytest.fixture
def one_pact(tmp_path: Path) -> Path:
    """What satisfaction needs of intake alone."""
    shutil.copy(PACTS / "satisfaction-intake.json", tmp_path)
    return tmp_path


def changed(message: Message, **differs: Any) -> Message:
    """The message with other fields; what is None is left out."""
    value = {**json.loads(message.value or b""), **differs}
    return replace(message, value=json.dumps({name: one for name, one in value.items() if one is not None}).encode())


@pytest.mark.parametrize(
    ("differs", "fault"),
    [
        (
            {"case_number": None},
            ", and intake does not send it so: Actual map is missing the following keys: case_number",
        ),
        ({"case_number": 7}, " case_number, and intake does not send it so: Expected 7 (Integer) to be the same type"),
        (
            {"personal": {"person": {}, "subject": ""}},
            " personal.person, and intake does not send it so: Actual map is",
        ),
    ],
)
def test_a_field_that_a_consumer_needs_and_its_producer_does_not_send_is_named(
    one_pact: Path, differs: Mapping[str, Any], fault: str
) -> None:
    messages = made_by("intake")
    found = unmet("intake", one_pact, {**messages, FILED: changed(messages[FILED], **differs)})
    assert [line for line in found if f"satisfaction needs {FILED}{fault}" in line], found


def test_a_message_that_a_producer_does_not_make_is_named(one_pact: Path) -> None:
    messages = {name: message for name, message in made_by("intake").items() if name != FILED}
    assert any(line.startswith(f"satisfaction needs {FILED}") for line in unmet("intake", one_pact, messages))


def test_a_header_that_is_not_as_every_reader_expects_is_named(one_pact: Path) -> None:
    messages = made_by("intake")
    headers = [(name, b"0" if name == "ce_seq" else value) for name, value in messages[FILED].headers]
    (line,) = unmet("intake", one_pact, {**messages, FILED: replace(messages[FILED], headers=headers)})
    assert line.startswith(f"satisfaction needs {FILED} ce_seq, and intake does not send it so")
