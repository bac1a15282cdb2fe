# SPDX-License-Identifier: Apache-2.0
"""Publish a submission to Ventanilla by Kafka and wait for its outcome: python publish.py EXTERNAL-ID TEXT

Needs aiokafka and ventanilla-contracts. Addresses come from the environment: docs/integrate.md.
"""

import asyncio
import os
import sys
import uuid
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from ventanilla_contracts.envelope import Actor, Envelope
from ventanilla_contracts.intake import (
    Person,
    PersonalSubmission,
    SubmissionForm,
    SubmissionOutcome,
    SubmissionReceived,
)
from ventanilla_contracts.registry import EVENTS

SYSTEM = "canales-digitales"  # the name by which the house knows your system
BROKER = {"bootstrap_servers": os.environ["KAFKA_BOOTSTRAP_SERVERS"]}  # and security_protocol=, sasl_…= if it asks
PREFIX = os.environ.get("KAFKA_TOPIC_PREFIX", "")
PATIENCE_SECONDS = 30


def submission(external_id: str, text: str) -> SubmissionReceived:
    """What a person said to you, under your own id. Raises pydantic.ValidationError, which names the field."""
    person = Person(name="Ana Prueba", email="ana.prueba@correo.example", phone="300 123 4567")
    form = SubmissionForm(text=text, kind="claim", person=person, data_consent=True)
    return SubmissionReceived(
        actor=Actor(id=SYSTEM, role="channel-system"),
        channel="chat",
        external_id=external_id,
        personal=PersonalSubmission(form=form),
    )


async def publish(event: SubmissionReceived) -> None:
    """Raises aiokafka.errors.KafkaError: then publish it again, which files it once all the same."""
    envelope = Envelope(
        id=str(uuid.uuid4()),
        type=event.TYPE,
        source=f"/{SYSTEM}",
        subject=event.external_id,
        time=datetime.now(UTC),
    )
    async with AIOKafkaProducer(**BROKER, enable_idempotence=True) as producer:
        await producer.send_and_wait(
            PREFIX + event.TOPIC,
            event.model_dump_json(exclude_none=True).encode(),
            key=envelope.subject.encode(),
            headers=envelope.headers(),
        )


async def outcome_of(event: SubmissionReceived, told: AIOKafkaConsumer) -> SubmissionOutcome:
    """The next outcome of this channel and external id."""
    async for record in told:
        known = EVENTS.get(Envelope.from_headers(record.headers).type)
        outcome = known.read(record.value) if known else None
        if isinstance(outcome, SubmissionOutcome) and named(outcome) == named(event):
            return outcome
    raise EOFError


def named(said: SubmissionReceived | SubmissionOutcome) -> tuple[str, str]:
    """What makes a submission yours on both sides."""
    return said.channel, said.external_id


async def main(external_id: str, text: str) -> None:
    event = submission(external_id, text)
    async with AIOKafkaConsumer(PREFIX + "intake-outcomes", **BROKER) as told:
        await told.seek_to_end()  # before we publish: what comes from here on
        await publish(event)
        async with asyncio.timeout(PATIENCE_SECONDS):
            outcome = await outcome_of(event, told)
    print(outcome.TYPE, outcome.model_dump_json(exclude_none=True))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
