# SPDX-License-Identifier: Apache-2.0
"""A running intake on the real broker and database, its staff invented, and the mails of the tests."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from chassis.ids import Signer
from chassis.mongo import Database
from chassis.passwords import hash_token
from chassis.service import Service
from chassis.testing import SIGNING_KEY, StepClock, Wire, running, settings_for
from chassis.testing.process import Process, wire_without_broker
from intake.app import build
from intake.settings import IntakeSettings
from ventanilla_contracts.formats import (
    MESSAGE_ID_PURPOSE,
    REPLY_ADDRESS_PURPOSE,
    LetterAddress,
    ReplyAddress,
    message_id,
    reply_address,
)

MAILS = Path(__file__).parent / "mails"
ADVISER = {"authorization": "Bearer token-of-the-adviser"}
SECRETARY = {"authorization": "Bearer token-of-the-secretary"}
RESPONDER = {"authorization": "Bearer token-of-the-responder"}
RFC822 = {"content-type": "message/rfc822"}

STAFF: dict[str, Any] = {
    "version": 1,
    "members": [
        {"id": "yuliana", "name": "Yuliana Córdoba", "email": "yuliana@caja.example", "roles": ["adviser", "agent"]},
        {"id": "alba", "name": "Alba Montoya", "email": "alba@caja.example", "roles": ["general-secretariat"]},
        {"id": "marcela", "name": "Marcela Duque", "email": "marcela@caja.example", "roles": ["responder"]},
        {"id": "chat-platform", "name": "Chat", "email": "chat@caja.example", "roles": ["channel-system"]},
    ],
}


def write_staff(path: Path) -> Path:
    whose = ("adviser", "secretary", "responder", "chat-platform")
    tokens = [f"token-of-the-{one}" for one in whose]
    members = [
        {**member, "token_hashes": [hash_token(token)]} for member, token in zip(STAFF["members"], tokens, strict=True)
    ]
    path.write_text(yaml.safe_dump({"version": 1, "members": members}, allow_unicode=True))
    return path


def environment_of(wire: Wire, database: Database, tmp_path: Path) -> dict[str, str]:
    """What a process of intake is told in its environment, beside where its servers are."""
    return {
        "KAFKA_TOPIC_PREFIX": wire.prefix,
        "MONGODB_DATABASE": database.name,
        "FILES_URL": f"file://{tmp_path}/files",
        "ORG_CODE": "CAJA",
        "ORG_NAME": "Caja de ejemplo",
        "ORG_MAIL_DOMAIN": "caja.example",
        "ORG_MAIL_ADDRESS": "servicio@caja.example",
        "STAFF_FILE": str(write_staff(tmp_path / "staff.yaml")),
        "SIGNING_KEYS": SIGNING_KEY,
        "PUBLIC_URL": "http://127.0.0.1:8101",
    }


@dataclass
class Intake:
    """One running instance."""

    service: Service[IntakeSettings]
    http: httpx.AsyncClient
    database: Database

    async def web(self, text: str = "No me llegó la cuota monetaria.", **fields: Any) -> dict[str, Any]:
        """File a web form; what was answered."""
        headers = fields.pop("headers", {})
        answer = await self.http.post("/v1/submissions/web", json={"text": text, **fields}, headers=headers)
        assert answer.status_code == 202, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def insist(self, text: str, key: str) -> dict[str, Any]:
        """File a web form as a good client does: on 503 again, with the same Idempotency-Key."""
        while True:
            headers = {"idempotency-key": key}
            answer = await self.http.post("/v1/submissions/web", json={"text": text}, headers=headers)
            if answer.status_code != 503:
                assert answer.status_code == 202, answer.text
                told: dict[str, Any] = answer.json()
                return told

    async def mail(self, raw: bytes, **query: str) -> dict[str, Any]:
        answer = await self.http.post("/v1/submissions/email", content=raw, headers=RFC822, params=query)
        assert answer.status_code in (200, 202), answer.text
        told: dict[str, Any] = answer.json()
        return told


Start = Callable[..., AbstractAsyncContextManager[Intake]]


@pytest.fixture
def start(wire: Wire, database: Database, tmp_path: Path, step_clock: StepClock) -> Start:
    """Run intake: ``async with start(roles=…, **settings) as intake``; several at a time share topics and database."""
    staff = write_staff(tmp_path / "staff.yaml")

    @asynccontextmanager
    async def starting(roles: tuple[str, ...] | None = None, **own: Any) -> AsyncIterator[Intake]:
        values = {"staff_file": staff, "clock_file": step_clock.path, "imap_url": "", **own}
        settings = settings_for(IntakeSettings, wire=wire, database=database, tmp_path=tmp_path, **values)
        service = build(settings)
        transport = httpx.ASGITransport(service.app)
        async with (
            running(service, roles),
            httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8101", timeout=30) as http,
        ):
            await service.runtime.prepared()
            yield Intake(service, http, database)

    return starting


ByHand = Callable[..., Awaitable[Process]]


@pytest.fixture
async def by_hand(database: Database, tmp_path: Path, step_clock: StepClock) -> AsyncIterator[ByHand]:
    """Processes of intake without their loops and without Kafka, on one database."""
    staff = write_staff(tmp_path / "staff.yaml")
    opened: list[Process] = []

    async def opening(**own: Any) -> Process:
        values = {"staff_file": staff, "clock_file": step_clock.path, "imap_url": "", **own}
        wire = wire_without_broker()
        settings = settings_for(IntakeSettings, wire=wire, database=database, tmp_path=tmp_path, **values)
        opened.append(Process(build(settings)))
        return await opened[-1].open()

    yield opening
    for process in opened:
        process.close()


def mail(
    text: str = "No me llegó la cuota.",
    *,
    sender: str = "Ana Ríos <ana@correo.example>",
    message: str = "<uno@correo.example>",
    headers: str = "",
) -> bytes:
    """A plain mail with LF line ends."""
    lines = [
        f"From: {sender}",
        "To: servicio@caja.example",
        "Subject: Cuota monetaria",
        f"Message-ID: {message}",
        "Date: Mon, 02 Mar 2026 07:50:00 -0500",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        *headers.splitlines(),
    ]
    return ("\n".join(lines) + f"\n\n{text}\n").encode()


def letter_id(case_id: str, kind: str = "acknowledgement", *, key: str = SIGNING_KEY) -> str:
    """The Message-ID of a letter that notifications sent about the case."""
    letter = LetterAddress(case_id, kind, "1")
    return message_id(letter, Signer([key]).sign(MESSAGE_ID_PURPOSE, letter.signed_text()), "caja.example")


def replying_to(case_id: str, correspondent: str) -> str:
    """The address to which a correspondent answers about the case, as notifications gives it."""
    address = ReplyAddress(case_id, correspondent)
    signature = Signer([SIGNING_KEY]).sign(REPLY_ADDRESS_PURPOSE, address.signed_text())
    made = reply_address(address, signature, "servicio@caja.example")
    assert made is not None
    return made
