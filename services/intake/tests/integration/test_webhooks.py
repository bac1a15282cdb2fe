# SPDX-License-Identifier: Apache-2.0
"""A platform files by webhook, and tries again as platforms do (Standard Webhooks)."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import httpx
import pytest
from intake_house import Intake, Start
from standardwebhooks.webhooks import Webhook

from chassis.testing import Wire
from intake.doors import Told
from intake.webhooks import new_secret
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import CaseFiled, SubmissionCreated, SubmissionForm

pytestmark = pytest.mark.infra

SECRET = new_secret()
SECRETS = {"webhook_secrets": f"chat-platform={new_secret()},chat-platform={SECRET}"}
FORM: dict[str, Any] = {"text": "No me llegó la cuota.", "person": {"name": "Ana Ríos", "phone": "300 123 4567"}}


async def send(
    intake: Intake,
    form: dict[str, Any] | bytes = FORM,
    *,
    message: str = "msg-1",
    path: str = "chat-platform/chat",
    secret: str = SECRET,
    age: timedelta = timedelta(),
    headers: Mapping[str, str] = MappingProxyType({}),
) -> httpx.Response:
    body = form if isinstance(form, bytes) else json.dumps(form, ensure_ascii=False).encode()
    at = datetime.now(UTC) - age
    signed = {
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message, at, body.decode()),
        "content-type": "application/json",
        "accept-language": "en",
    }
    return await intake.http.post(f"/v1/webhooks/{path}", content=body, headers={**signed, **headers})


async def test_what_a_platform_sends_again_is_one_case_and_hears_the_same(start: Start, wire: Wire) -> None:
    async with start(**SECRETS) as intake:
        first = await send(intake)
        again = await send(intake, age=timedelta(minutes=-1))
        other = await send(intake, {**FORM, "text": "Otra cosa."})
        cases = await wire.expect("intake-cases", 2)
        outcomes = await wire.expect("intake-outcomes", 3)
    assert [one.status_code for one in (first, again, other)] == [202, 202, 202]
    assert again.json() == {**first.json(), "repeat": True}
    assert other.json()["case_number"] != first.json()["case_number"]
    filed = next(one.event for one in cases if one.event.case_number == first.json()["case_number"])
    assert isinstance(filed, CaseFiled)
    assert (filed.channel, filed.actor) == ("chat", Actor(id="chat-platform", role="channel-system"))
    created = [one.event for one in outcomes if isinstance(one.event, SubmissionCreated)]
    assert {event.external_id for event in created} == {"msg-1"}
    assert [event.same_external_id_as for event in created if event.same_external_id_as] == [
        first.json()["submission_id"]
    ]


async def test_what_is_not_signed_or_cannot_be_taken_is_told_in_plain_words_and_files_nothing(
    start: Start, wire: Wire
) -> None:
    stranger = new_secret()
    async with start(("api",), **SECRETS, http_body_limit=5_000) as intake:
        refused = {
            "webhook-headers-missing": await send(intake, headers={"webhook-signature": ""}),
            "webhook-time-wrong": await send(intake, age=timedelta(minutes=6)),
            "webhook-signature-wrong": await send(intake, secret=stranger),
        }
        unknown = await send(intake, path="nobody/chat", secret=stranger)
        unjudged = await send(intake, b"not even JSON", secret=stranger)
        wrong = {
            "large": (await send(intake, {"text": "x" * 5_000}), 413),
            "malformed": (await send(intake, b"{"), 400),
            "field": (await send(intake, {"text": "Hola", "colour": "red"}), 422),
            "multipart": (await send(intake, headers={"content-type": "multipart/form-data"}), 415),
            "mail": (await send(intake, path="chat-platform/email"), 422),
            "channel": (await send(intake, path="chat-platform/fax"), 422),
            "id": (await send(intake, message="x" * 991), 422),
        }
        filed = await intake.database.collection("submission_cases").count_documents({})
    for code, answer in refused.items():
        assert (answer.status_code, answer.json()["code"]) == (401, code)
        assert answer.headers["www-authenticate"] == "StandardWebhooks"
    assert "five minutes" in refused["webhook-time-wrong"].json()["detail"]
    assert unknown.json() == unjudged.json() == refused["webhook-signature-wrong"].json()
    assert {name: answer.status_code for name, (answer, _) in wrong.items()} == {
        name: status for name, (_, status) in wrong.items()
    }
    assert filed == 0


async def test_a_house_without_secrets_takes_no_webhook(start: Start) -> None:
    async with start(("api",)) as intake:
        answer = await send(intake)
        document = (await intake.http.get("/openapi.json")).json()
    assert answer.status_code == 401
    said = document["paths"]["/v1/webhooks/{sender}/{channel}"]["post"]
    assert {one["name"] for one in said["parameters"] if one["in"] == "header" and one["required"]} == {
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
    }
    taken = said["responses"]["202"]["content"]["application/json"]
    assert taken["schema"] == {"$ref": "#/components/schemas/Told"}
    assert Told.model_validate(taken["example"]).outcome == "created"
    assert SubmissionForm.model_validate(said["requestBody"]["content"]["application/json"]["example"]).text
    assert set(said["responses"]["401"]["content"]["application/problem+json"]["examples"]) == {
        "webhook-headers-missing",
        "webhook-time-wrong",
        "webhook-signature-wrong",
    }
