# SPDX-License-Identifier: Apache-2.0
"""A house on servers of its own that may be killed, and people who do not give up."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition
from pymongo import MongoClient
from pymongo.database import Database

from ventanilla_contracts.envelope import Envelope
from ventanilla_local.addresses import Addresses
from ventanilla_local.infra import infra
from ventanilla_local.ports import claimed_ports
from ventanilla_local.process import Server, running
from ventanilla_local.services import SERVICES, House, house

PREFIX = "storm-"
PARTITIONS = 12
TOPICS = ("intake-cases", "routing-cases", "notifications-deliveries", "satisfaction-checks")
AT_ONCE = 24
PATIENCE = 240.0


@dataclass
class Storm:
    """The house, its servers, and where its mail lands."""

    house: House
    servers: Addresses
    mail: Path
    client: MongoClient[dict[str, Any]]
    refusals: list[httpx.Response] = field(default_factory=list)

    def store(self, service: str) -> Database[dict[str, Any]]:
        return self.client[f"{PREFIX}{service}"]

    def token(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.house.login(role).token}"}

    async def insist(
        self, http: httpx.AsyncClient, url: str, body: dict[str, Any], headers: dict[str, str]
    ) -> httpx.Response:
        """POST until the service has answered for good: not while it is away or says 503."""
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    answer = await http.post(url, json=body, headers=headers)
                except httpx.TransportError:
                    await asyncio.sleep(0.2)
                    continue
                if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    return answer
                self.refusals.append(answer)
                await asyncio.sleep(0.2)

    async def file(self, http: httpx.AsyncClient, name: str, kind: str) -> dict[str, Any]:
        """File a case by the web door, whatever happens to the door meanwhile."""
        body = {
            "kind": kind,
            "subject": f"Caso {name}",
            "text": f"Caso {name} de la prueba de resistencia, sobre la cuota del crédito.",
            "data_consent": True,
            "person": {"name": f"Persona {name}", "email": f"{name}@correo.example", "phone": "+573001234567"},
        }
        url = self.house.url("intake") + "/v1/submissions/web"
        answer = await self.insist(http, url, body, {"Idempotency-Key": name})
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        return dict(answer.json())

    async def answer(self, http: httpx.AsyncClient, number: str) -> None:
        """Answer a case as an agent, as soon as routing has it."""
        url = self.house.url("routing") + f"/v1/cases/{number}/answer"
        headers = {**self.token("agent"), "Idempotency-Key": f"answer-{number}"}
        async with asyncio.timeout(PATIENCE):
            while True:
                answer = await self.insist(http, url, {"text": f"Respuesta al caso {number}."}, headers)
                if answer.status_code != httpx.codes.NOT_FOUND:
                    break
                await asyncio.sleep(0.3)
        assert answer.is_success, answer.text

    async def log_of(self, topic: str) -> dict[str, dict[int, set[str]]]:
        """Per case: each seq with the event ids that were published under it."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.servers.kafka, enable_auto_commit=False)
        await consumer.start()
        try:
            partitions = [TopicPartition(PREFIX + topic, n) for n in range(PARTITIONS)]
            consumer.assign(partitions)
            await consumer.seek_to_beginning(*partitions)
            ends = await consumer.end_offsets(partitions)
            found: dict[str, dict[int, set[str]]] = {}
            while any([await consumer.position(one) < ends[one] for one in partitions]):
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    for record in records:
                        envelope = Envelope.from_headers(record.headers)
                        seqs = found.setdefault(envelope.subject, {})
                        seqs.setdefault(envelope.seq or 0, set()).add(envelope.id)
            return found
        finally:
            await consumer.stop()


@contextmanager
def storm(directory: Path) -> Iterator[Storm]:
    """Kafka, MongoDB, a mail sink that keeps every mail, and the five services."""
    mail = directory / "mail"
    with infra(kind="local", purpose="test", mail=False) as servers, claimed_ports() as ports:
        port = ports.take()
        command = [sys.executable, "-m", "ventanilla_local.mail_sink", str(port), str(mail)]
        sink = Server("mail sink", command, directory / "sink.log", lambda _: mail.is_dir())
        environment = {**servers.environment(), "SMTP_URL": f"smtp://127.0.0.1:{port}"}
        with running({"mail": sink}):
            sink.start()
            settings = {"IMAP_URL": "", "LETTERS_RETRY_SECONDS": "1"}
            with (
                house(directory / "house", environment, ports, prefix=PREFIX, settings=settings) as up,
                MongoClient[dict[str, Any]](servers.mongodb_uri, tz_aware=True) as client,
            ):
                yield Storm(up, servers, mail, client)


def stores(of: Storm) -> dict[str, Database[dict[str, Any]]]:
    return {name: of.store(name) for name in SERVICES}
