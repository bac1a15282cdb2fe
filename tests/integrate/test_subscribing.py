# SPDX-License-Identifier: Apache-2.0
"""subscribe.py reads once each and in order, whatever is delivered when."""

import os
import shlex
import signal
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from tests.integrate.document import block_with
from tests.integrate.integrator import Integrator

from chassis.testing import eventually
from ventanilla_contracts.envelope import Envelope
from ventanilla_contracts.example import Example
from ventanilla_contracts.intake import SubmissionCreated
from ventanilla_contracts.published import examples
from ventanilla_contracts.registry import EVENTS

pytestmark = pytest.mark.infra

TOPICS = ("intake-cases", "routing-cases", "satisfaction-checks")
STORY = [(kind.TOPIC, one) for kind in EVENTS.values() if kind.TOPIC in TOPICS for one in examples(kind.TYPE).values()]
UNKNOWN = next(one for _, one in STORY if one.headers["ce_type"] == "case-classified.v1")
GROUP = "order-team"


@contextmanager
def running(integrator: Integrator, command: Sequence[str]) -> Iterator[Iterator[str]]:
    """What the sample prints, a line at a time; at the end it is told Ctrl-C, and ends well."""
    process = subprocess.Popen(
        command, cwd=integrator.directory, env=integrator.environment, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        try:
            yield (line.strip() for line in process.stdout)
        finally:
            process.send_signal(signal.SIGINT)
            process.stdout.read()  # what it still had to say
    assert process.returncode == 0


async def test_the_command_of_the_page_tells_of_what_others_file(integrator: Integrator) -> None:
    form = {"text": "Una sugerencia.", "kind": "suggestion"}
    told = integrator.post("/v1/submissions/chat", json=form, headers={"Idempotency-Key": "told-1"}).json()
    outcome = await integrator.outcome("told-1")
    assert isinstance(outcome, SubmissionCreated)
    wanted = {
        f"{told['submission_id']} intake-outcomes=1 submission-created.v1",
        f"{outcome.case_id} intake-cases=1 case-filed.v1",
    }
    with running(integrator, shlex.split(block_with("subscribe.py").text)) as lines:
        for line in lines:
            wanted.discard(line)
            if not wanted:
                break
    with sqlite3.connect(integrator.directory / "audit-team.sqlite") as store:
        kept = [what for (what,) in store.execute("select what from history where topic = 'intake-cases'")]
    assert any(told["case_number"] in what for what in kept)
    assert not any("tracking_code" in what or "sugerencia" in what for what in kept)


async def test_repeated_and_disordered_events_are_applied_once_each_and_in_order(integrator: Integrator) -> None:
    other_house = replace(integrator, prefix=f"{integrator.prefix}story-")
    story = [(topic, of_the_future(one) if one is UNKNOWN else one) for topic, one in STORY]
    known = {place(topic, one): one.envelope() for topic, one in STORY if one is not UNKNOWN}
    await publish(other_house.prefix, [*reversed(story), *story])
    with running(other_house, ["integrator/bin/python", "subscribe.py", GROUP, *TOPICS]) as lines:
        applied = [parsed(next(lines)) for _ in known]
    assert sorted(applied) == sorted(known)
    assert contradictions(applied, known) == []
    assert contradictions([*reversed(applied)], known) != []
    with sqlite3.connect(other_house.directory / f"{GROUP}.sqlite") as store:
        assert store.execute("select count(*) from history").fetchone() == (len(known),)


Place = tuple[str, str, int]
"""Key, topic and seq of an event."""


def contradictions(applied: Sequence[Place], known: Mapping[Place, Envelope]) -> list[str]:
    """Each event that was applied before its turn, or before what its producer had seen."""
    done: set[Place] = set()
    found = []
    for key, topic, seq in applied:
        seen = {topic: seq - 1, **known[key, topic, seq].seen}
        before = {(key, other, n) for other, last in seen.items() for n in range(1, last + 1)}
        found += [f"{topic}={seq} before {one}" for one in before & known.keys() - done]
        done.add((key, topic, seq))
    return found


def place(topic: str, message: Example) -> Place:
    return message.key, topic, message.envelope().seq or 0


def parsed(line: str) -> Place:
    """As subscribe.py prints it: key topic=seq type."""
    key, counted, _ = line.split()
    topic, _, seq = counted.partition("=")
    return key, topic, int(seq)


def of_the_future(message: Example) -> Example:
    """The same with a type that the installed package does not know."""
    return message.model_copy(update={"headers": {**message.headers, "ce_type": "case-sung-about.v1"}})


async def publish(prefix: str, messages: Sequence[tuple[str, Example]]) -> None:
    """Onto topics of this test's own."""
    servers = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(prefix + topic, 3, 1) for topic in TOPICS])

        async def seen() -> bool:  # the controller has made them before the broker knows them
            return {prefix + topic for topic in TOPICS} <= set(await admin.list_topics())

        await eventually(seen, what="the topics of the story")
    finally:
        await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=servers, enable_idempotence=True) as producer:
        for topic, one in messages:
            await producer.send(prefix + topic, one.raw_value(), key=one.key.encode(), headers=one.raw_headers())
