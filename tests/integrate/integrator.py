# SPDX-License-Identifier: Apache-2.0
"""What an integrator does: run the document's commands, and look what the house tells on a topic."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition
from tests.integrate.document import Block

from chassis.testing import eventually
from ventanilla_contracts.envelope import Envelope, Event
from ventanilla_contracts.intake import SubmissionOutcome
from ventanilla_contracts.registry import EVENTS
from ventanilla_local.services import House
from ventanilla_local.suites import without_virtualenv

PATIENCE_SECONDS = 240


@dataclass(frozen=True)
class Integrator:
    house: House
    directory: Path
    prefix: str
    path: str

    @property
    def environment(self) -> dict[str, str]:
        """This machine's, with what section 1 of the page lists, and no setting of the house's own."""
        machine = without_virtualenv({name: value for name, value in os.environ.items() if name != "MONGODB_URI"})
        return {
            **machine,
            "PATH": self.path,
            "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",  # quick to start, for runs of a second
            "LANG": "C.UTF-8",
            "KAFKA_BOOTSTRAP_SERVERS": os.environ["KAFKA_BOOTSTRAP_SERVERS"],
            "KAFKA_TOPIC_PREFIX": self.prefix,
            "INTAKE_URL": self.house.url("intake"),
            "VENTANILLA_TOKEN": self.house.login("channel-system").token,
            "WEBHOOK_SECRET": self.house.webhook_secret,
        }

    def run(self, block: Block) -> str:
        """What it prints. Fails with what it says if a command of it fails."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block.text],
            cwd=self.directory,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{block.text}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    async def outcome(self, external_id: str) -> SubmissionOutcome:
        """The first of a submission, waited for: HTTP answers before Kafka has it."""

        async def told() -> SubmissionOutcome | None:
            found = [event for _, event in await self.events("intake-outcomes")]
            mine = [one for one in found if isinstance(one, SubmissionOutcome) and one.external_id == external_id]
            return mine[0] if mine else None

        return await eventually(told, what=f"an outcome of {external_id}")

    async def events(self, topic: str) -> list[tuple[Envelope, Event]]:
        """Everything on a topic now, in order per key."""
        name, servers = self.prefix + topic, os.environ["KAFKA_BOOTSTRAP_SERVERS"]
        found = []
        async with AIOKafkaConsumer(bootstrap_servers=servers, auto_offset_reset="earliest") as reader:
            partitions = [TopicPartition(name, n) for n in range(12)]
            reader.assign(partitions)
            ends = await reader.end_offsets(partitions)
            while any([await reader.position(one) < ends[one] for one in partitions]):
                for records in (await reader.getmany(timeout_ms=500)).values():
                    found += [(envelope_of(one), EVENTS[envelope_of(one).type].read(one.value)) for one in records]
        return found

    def post(self, path: str, *, token: bool = True, **request: Any) -> httpx.Response:
        """As a program of theirs would."""
        headers = request.pop("headers", {})
        if token:
            headers = {"Authorization": f"Bearer {self.house.login('channel-system').token}", **headers}
        return httpx.post(self.house.url("intake") + path, headers=headers, timeout=PATIENCE_SECONDS, **request)


def envelope_of(record: Any) -> Envelope:
    return Envelope.from_headers(record.headers)
