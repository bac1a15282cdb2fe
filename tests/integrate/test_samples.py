# SPDX-License-Identifier: Apache-2.0
"""Every command of docs/integrate.md, run as it stands, does what the page says."""

import json
import re
from dataclasses import dataclass

import pytest
from tests.integrate.document import PAGE, SAMPLES, Block, block_with, blocks, drifted
from tests.integrate.integrator import Integrator

from ventanilla_contracts.intake import CaseFiled, SubmissionCreated

pytestmark = pytest.mark.infra


@dataclass(frozen=True)
class Way:
    """A block of commands, by words in it, and the submissions that it files."""

    words: str
    channel: str
    ids: tuple[str, ...]


SETTING_UP, REPETITION, SUBSCRIBING = "uv venv", "ni el de marzo", "subscribe.py"
WAYS = [
    Way("publish.py", "chat", ("chat-7731",)),
    Way("Publish.java", "chat", ("chat-7732",)),
    Way("publish-console.sh", "phone", ("call-0412",)),
    Way("/v1/submissions/social", "social", ("post-88120",)),
    Way("/v1/submissions/written", "written", ("letter-2026-031",)),
    Way("send_webhook.py", "chat", ("msg-5001", "msg-5002")),
]
CODE = re.compile(r'"tracking_code": ?"([^"]+)"')


@pytest.fixture(scope="module", autouse=True)
def _set_up(integrator: Integrator) -> None:
    integrator.run(block_with(SETTING_UP))


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.words)
async def test_a_way_in_ends_in_a_case_of_that_channel_system_whose_code_the_sender_hears(
    integrator: Integrator, way: Way
) -> None:
    printed = integrator.run(block_with(way.words))
    for external_id in way.ids:
        outcome = (await integrator.outcomes(external_id))[0]
        assert isinstance(outcome, SubmissionCreated)
        assert (outcome.channel, outcome.repeat) == (way.channel, False)
        assert outcome.case_number in printed
        assert outcome.personal.tracking_code in CODE.findall(printed)
    filed = [event for _, event in await integrator.events("intake-cases") if isinstance(event, CaseFiled)]
    [case] = [one for one in filed if one.case_number == outcome.case_number]
    assert (case.actor.id, case.actor.role) == ("canales-digitales", "channel-system")
    assert case.personal.person.name == "Ana Prueba"
    assert [file.name for file in case.files] == (["constancia.txt"] if way.channel == "written" else [])


async def test_a_repetition_hears_the_first_outcome_and_other_content_is_another_submission(
    integrator: Integrator,
) -> None:
    first_run = block_with("publish.py")
    if not await integrator.outcomes("chat-7731"):
        integrator.run(first_run)
    printed = integrator.run(block_with(REPETITION))
    again, other = (json.loads(line.partition(" ")[2]) for line in printed.splitlines())
    first = (await integrator.outcomes("chat-7731"))[0]
    assert isinstance(first, SubmissionCreated)
    assert (again["case_number"], again["repeat"]) == (first.case_number, True)
    assert other["case_number"] != first.case_number
    assert other["same_external_id_as"]


def test_the_same_by_http_is_the_same_submission(integrator: Integrator) -> None:
    block = block_with("/v1/submissions/social")
    first, again = (json.loads(integrator.run(block)) for _ in range(2))
    assert again["case_number"] == first["case_number"]
    assert again["repeat"] is True


def test_every_command_of_the_page_is_run() -> None:
    tried = [SETTING_UP, REPETITION, SUBSCRIBING, *(way.words for way in WAYS)]
    assert [block.text for block in blocks("sh") if not any(words in block.text for words in tried)] == []


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
