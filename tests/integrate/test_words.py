# SPDX-License-Identifier: Apache-2.0
"""What the page says that may go wrong goes wrong in these words."""

import re
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from tests.integrate.document import PAGE, blocks, rows
from tests.integrate.integrator import Integrator

from chassis.passwords import hash_token
from chassis.records import Reader, StoredRecord, Undecodable
from chassis.staff import read_staff
from intake.webhooks import parse_secrets
from ventanilla_contracts.envelope import Actor, Envelope, FileRef
from ventanilla_contracts.example import Example
from ventanilla_contracts.intake import PersonalSubmission, SubmissionForm, SubmissionReceived, SubmissionRejected
from ventanilla_contracts.published import examples
from ventanilla_contracts.registry import EVENTS

pytestmark = pytest.mark.infra

CHAT, HOOK = "/v1/submissions/chat", "/v1/webhooks/canales-digitales/chat"
JSON = {"content-type": "application/json"}
HI: dict[str, Any] = {"text": "Hola"}
SIGNED = {**JSON, "webhook-id": "m-1", "webhook-signature": "v1,AAAA"}


@dataclass(frozen=True)
class Mistake:
    status: int
    code: str
    path: str = CHAT
    token: bool = True
    request: dict[str, Any] = field(default_factory=dict)


MISTAKES = [
    Mistake(400, "malformed-request", request={"content": b"{", "headers": JSON}),
    Mistake(401, "not-signed-in", token=False, request={"json": HI}),
    Mistake(401, "webhook-headers-missing", HOOK, False, {"json": HI}),
    Mistake(401, "webhook-time-wrong", HOOK, False, {"json": HI, "headers": {**SIGNED, "webhook-timestamp": "1"}}),
    Mistake(
        401, "webhook-signature-wrong", HOOK, False, {"json": HI, "headers": {**SIGNED, "webhook-timestamp": "now"}}
    ),
    Mistake(403, "not-allowed", "/v1/cases/CAJA-2026-000001-1/regulator-filing", request={"json": {}}),
    Mistake(413, "too-large", request={"content": b"x" * 30_000_001, "headers": JSON}),
    Mistake(415, "unsupported-media-type", request={"content": b"Hola", "headers": {"content-type": "text/plain"}}),
    Mistake(422, "invalid-request", request={"json": {"text": "Hola", "colour": "red"}}),
    Mistake(422, "idempotency-key-reused", request={"json": HI, "headers": {"Idempotency-Key": "reused"}}),
]
FROM_OUTAGES = {"unavailable", "outcome-unknown"}
"""While the database is away: services/intake/tests/integration/test_outages.py."""


def test_the_table_lists_the_problems_that_are_told(integrator: Integrator) -> None:
    integrator.post(CHAT, json={"text": "Antes"}, headers={"Idempotency-Key": "reused"})
    for mistake in MISTAKES:
        headers = {**mistake.request.get("headers", {}), "accept-language": "en"}
        if headers.get("webhook-timestamp") == "now":
            headers["webhook-timestamp"] = str(int(datetime.now(UTC).timestamp()))
        answer = integrator.post(mistake.path, token=mistake.token, **{**mistake.request, "headers": headers})
        told = answer.json()
        assert (answer.status_code, told["code"]) == (mistake.status, mistake.code)
        assert not [text for text in strings_in(told) if text.startswith(("problems.", "validation."))]
    listed = {code for row in rows() if "503" not in row for code in row}
    assert {mistake.code for mistake in MISTAKES} | FROM_OUTAGES <= listed
    assert "case-lost" not in listed


def strings_in(told: object) -> list[str]:
    if isinstance(told, dict):
        return [text for value in told.values() for text in strings_in(value)]
    if isinstance(told, list):
        return [text for value in told for text in strings_in(value)]
    return [told] if isinstance(told, str) else []


GHOST = FileRef(sha256="0" * 64, name="a.pdf", type="application/pdf", size=3)
NOW = datetime.now(UTC)
REJECTED: dict[str, dict[str, Any]] = {
    "wrong-1": {"text": "  "},
    "wrong-2": {"text": "Hola", "received_at": NOW + timedelta(days=1)},
    "wrong-3": {"text": "Hola", "received_at": NOW - timedelta(days=40)},
    "wrong-4": {"text": "Hola"},
}


async def test_the_page_quotes_the_reasons_of_rejections(integrator: Integrator) -> None:
    servers = integrator.environment["KAFKA_BOOTSTRAP_SERVERS"]
    async with AIOKafkaProducer(bootstrap_servers=servers) as producer:
        for external_id, form in REJECTED.items():
            event = SubmissionReceived(
                actor=Actor(id="canales-digitales", role="channel-system"),
                channel="chat",
                external_id=external_id,
                files=(GHOST,) if external_id == "wrong-4" else (),
                personal=PersonalSubmission(form=SubmissionForm.model_validate(form)),
            )
            envelope = Envelope(external_id, event.TYPE, "/canales-digitales", external_id, NOW)
            topic, value = integrator.prefix + event.TOPIC, event.model_dump_json().encode()
            await producer.send_and_wait(topic, value, key=external_id.encode(), headers=envelope.headers())
    quoted = {words for row in rows() for words in row}
    for external_id in REJECTED:
        outcome = await integrator.outcome(external_id)
        assert isinstance(outcome, SubmissionRejected)
        assert outcome.reason in quoted


GOOD = examples("submission-received.v1")["phone-form"]


def changed(*, key: str | None = None, value: dict[str, Any] | None = None, **headers: str) -> Example:
    message = GOOD.model_copy(update={"headers": {**GOOD.headers, **headers}})
    return message.model_copy(update={**({"key": key} if key else {}), **({"value": value} if value else {})})


UNREADABLE = [
    changed(ce_specversion="0.3"),
    changed(ce_subject=""),
    changed(ce_time="2026-03-06 21:22"),
    changed(key="another"),
    changed(value={**GOOD.value, "channel": "fax"}),
    changed(value={name: value for name, value in GOOD.value.items() if name != "external_id"}),
]


@pytest.mark.parametrize("message", UNREADABLE)
def test_the_page_quotes_why_a_record_cannot_be_read(message: Example) -> None:
    topic = "channel-submissions"
    record = StoredRecord(topic, 0, 0, 0, message.key.encode(), message.raw_value(), message.raw_headers())
    read = Reader("", {topic: False}, frozenset(EVENTS)).read(record)
    assert isinstance(read, Undecodable)
    assert read.reason in {words for row in rows() for words in row}


def test_the_page_quotes_why_a_record_is_too_long() -> None:
    text = b"x" * 300_000
    record = StoredRecord("channel-submissions", 0, 0, 0, GOOD.key.encode(), text, GOOD.raw_headers())
    read = Reader("", {"channel-submissions": False}, frozenset(EVENTS)).read(record)
    assert isinstance(read, Undecodable)
    assert read.reason in {words for row in rows() for words in row}


def test_the_member_and_the_secret_on_the_page_are_taken(tmp_path: Path) -> None:
    [member] = [block.text for block in blocks("yaml") if "channel-system" in block.text]
    staff = tmp_path / "staff.yaml"
    staff.write_text(f"version: 1\nmembers:\n{member.replace('a3f0…', hash_token('vnt_one'))}", encoding="utf-8")
    found = read_staff(staff).by_token("vnt_one")
    assert found is not None
    assert (found.id, found.roles) == ("canales-digitales", ("channel-system",))
    [make] = re.findall(r"`(echo [^`]+)`", PAGE.read_text("utf-8"))
    made = subprocess.run(["bash", "-c", make], capture_output=True, text=True, check=True).stdout.strip()
    assert parse_secrets(f"canales-digitales={made}") == {"canales-digitales": (made,)}


def test_a_good_record_is_read() -> None:
    record = StoredRecord("channel-submissions", 0, 0, 0, GOOD.key.encode(), GOOD.raw_value(), GOOD.raw_headers())
    assert not isinstance(Reader("", {"channel-submissions": False}, frozenset(EVENTS)).read(record), Undecodable)
