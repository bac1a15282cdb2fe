# SPDX-License-Identifier: Apache-2.0
"""Every command of docs/integrate.md, run as it stands, does what the page says."""

import json
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from tests.integrate.document import PAGE, SAMPLES, SETTING_UP, Block, block_with, blocks, drifted
from tests.integrate.integrator import Integrator

from chassis.testing import eventually
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import CaseFiled, SubmissionCreated

pytestmark = pytest.mark.infra


@dataclass(frozen=True)
class Way:
    """A block of commands, by words in it, and the submissions that it files."""

    words: str
    channel: str
    ids: tuple[str, ...]


REPETITION, SUBSCRIBING = "ni el de marzo", "subscribe.py"
WAYS = [
    Way("publish.py", "chat", ("chat-7731",)),
    Way("Publish.java", "chat", ("chat-7732",)),
    Way("publish-console.sh", "phone", ("call-0412",)),
    Way("/v1/submissions/social", "social", ("post-88120",)),
    Way("/v1/submissions/written", "written", ("letter-2026-031",)),
    Way("send_webhook.py", "chat", ("msg-5001", "msg-5002")),
]
CODE = re.compile(r'"tracking_code": ?"([^"]+)"')


@pytest.fixture(scope="module")
def printed(integrator: Integrator) -> Iterator[Mapping[Way, "Future[str]"]]:
    """What each way's commands print; all are run at once, since they mostly wait."""
    with ThreadPoolExecutor(len(WAYS)) as several:
        yield {way: several.submit(integrator.run, block_with(way.words)) for way in WAYS}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.words)
async def test_a_way_in_ends_in_a_case_of_that_channel_system_whose_code_the_sender_hears(
    integrator: Integrator, printed: Mapping[Way, "Future[str]"], way: Way
) -> None:
    text = printed[way].result()
    for external_id in way.ids:
        outcome = await integrator.outcome(external_id)
        assert isinstance(outcome, SubmissionCreated)
        assert (outcome.channel, outcome.repeat) == (way.channel, False)
        assert outcome.case_number in text
        assert outcome.personal.tracking_code in CODE.findall(text)
        case = await filed(integrator, outcome.case_id)
        assert case.actor == Actor(id="canales-digitales", role="channel-system")
        assert case.personal.person.name == "Ana Prueba"
        assert [file.name for file in case.files] == (["constancia.txt"] if way.channel == "written" else [])


async def filed(integrator: Integrator, case_id: str) -> CaseFiled:
    async def told() -> CaseFiled | None:
        events = [event for envelope, event in await integrator.events("intake-cases") if envelope.subject == case_id]
        return next((event for event in events if isinstance(event, CaseFiled)), None)

    return await eventually(told, what=f"case {case_id}")


def test_a_repetition_hears_the_first_outcome_and_other_content_is_another_submission(
    integrator: Integrator, printed: Mapping[Way, "Future[str]"]
) -> None:
    [first] = told(printed[WAYS[0]].result())
    again, other = told(integrator.run(block_with(REPETITION)))
    assert (again["case_number"], again["repeat"]) == (first["case_number"], True)
    assert other["case_number"] != first["case_number"]
    assert other["same_external_id_as"]


def told(printed: str) -> list[dict[str, Any]]:
    """What publish.py prints: type and JSON, a line each."""
    return [json.loads(line.partition(" ")[2]) for line in printed.splitlines()]


def test_what_came_by_kafka_is_the_same_submission_by_http(
    integrator: Integrator, printed: Mapping[Way, "Future[str]"]
) -> None:
    [first] = told(printed[WAYS[0]].result())
    person = {"name": "Ana Prueba", "email": "ana.prueba@correo.example", "phone": "300 123 4567"}
    text = "No me llegó el subsidio de febrero."
    form = {"text": text, "kind": "claim", "person": person, "data_consent": True}
    again = integrator.post("/v1/submissions/chat", json=form, headers={"Idempotency-Key": "chat-7731"}).json()
    assert (again["case_number"], again["repeat"]) == (first["case_number"], True)


def test_the_same_by_http_is_the_same_submission(integrator: Integrator, printed: Mapping[Way, "Future[str]"]) -> None:
    [way] = [way for way in WAYS if way.channel == "social"]
    first, again = json.loads(printed[way].result()), json.loads(integrator.run(block_with(way.words)))
    assert again["case_number"] == first["case_number"]
    assert again["repeat"] is True


def test_every_command_of_the_page_is_run() -> None:
    assert untried(blocks("sh")) == []
    assert untried(blocks("sh", "Then\n\n```sh\nmake coffee\n```\n")) == ["make coffee\n"]


def untried(found: list[Block]) -> list[str]:
    tried = [SETTING_UP, REPETITION, SUBSCRIBING, *(way.words for way in WAYS)]
    return [block.text for block in found if not any(words in block.text for words in tried)]


def test_the_code_on_the_page_is_that_of_the_samples() -> None:
    samples = sorted(SAMPLES.glob("*.*"))
    shown = blocks("python")
    assert len(shown) >= 2
    assert drifted(shown, samples) == []
    assert drifted([Block("python", shown[0].text.replace("key=", "keys="))], samples) != []


def test_every_sample_is_on_the_page_and_every_page_names_samples_that_are_there() -> None:
    text = PAGE.read_text("utf-8")
    assert [path.name for path in SAMPLES.iterdir() if path.name not in text] == []
    assert [name for name in re.findall(r"\]\(integrate/([^)]+)\)", text) if not (SAMPLES / name).exists()] == []
