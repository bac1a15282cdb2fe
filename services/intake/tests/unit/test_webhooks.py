# SPDX-License-Identifier: Apache-2.0
"""Who signed a webhook, and which secrets may stand in the settings (Standard Webhooks)."""

import base64
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr, ValidationError
from standardwebhooks.webhooks import Webhook

from chassis.settings import complaints
from chassis.staff import Member, Staff
from intake.settings import IntakeSettings
from intake.webhooks import HEADERS, Fault, Signatures, parse_secrets, signatures_of

OLD, NEW, FOREIGN = (f"whsec_{base64.b64encode(bytes([n]) * 32).decode()}" for n in (1, 2, 3))
"""The same in each of the processes that share these tests."""

BODY = '{"text": "Se cayó el servicio"}'.encode()
KNOWN = Signatures({"chat": (SecretStr(OLD), SecretStr(NEW)), "portal": (SecretStr(FOREIGN),)})


def signed(secret: str = NEW, *, body: bytes = BODY, seconds_ago: float = 0, message: str = "m-1") -> dict[str, str]:
    at = datetime.fromtimestamp(time.time() - seconds_ago, tz=UTC)
    values = (message, str(int(at.timestamp())), Webhook(secret).sign(message, at, body.decode()))
    return dict(zip(HEADERS, values, strict=True))


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_each_secret_of_the_sender_is_accepted(secret: str) -> None:
    assert KNOWN.fault("chat", signed(secret), BODY) is None


def test_one_of_several_signatures_is_enough() -> None:
    headers = signed()
    headers["webhook-signature"] = f"v1a,c29tZXRoaW5n v1,bm90aGluZw== {headers['webhook-signature']}"
    assert KNOWN.fault("chat", headers, BODY) is None


@pytest.mark.parametrize(
    ("sender", "sign", "body", "fault"),
    [
        ("chat", dict, BODY, "webhook-headers-missing"),
        ("chat", lambda: signed() | {"webhook-id": ""}, BODY, "webhook-headers-missing"),
        ("chat", lambda: signed(seconds_ago=400), BODY, "webhook-time-wrong"),
        ("chat", lambda: signed(seconds_ago=-400), BODY, "webhook-time-wrong"),
        ("chat", lambda: signed() | {"webhook-timestamp": "yesterday"}, BODY, "webhook-time-wrong"),
        ("chat", lambda: signed() | {"webhook-timestamp": "nan"}, BODY, "webhook-time-wrong"),
        ("chat", lambda: signed() | {"webhook-timestamp": "9" * 400}, BODY, "webhook-time-wrong"),
        (
            "chat",
            lambda: signed(seconds_ago=2) | {"webhook-timestamp": str(int(time.time()))},
            BODY,
            "webhook-signature-wrong",
        ),
        ("chat", lambda: signed(FOREIGN), BODY, "webhook-signature-wrong"),
        ("portal", lambda: signed(NEW), BODY, "webhook-signature-wrong"),
        ("nobody", lambda: signed(NEW), BODY, "webhook-signature-wrong"),
        ("chat", lambda: signed() | {"webhook-id": "m-2"}, BODY, "webhook-signature-wrong"),
        ("chat", lambda: signed(), BODY + b" ", "webhook-signature-wrong"),
        ("chat", lambda: signed(), b"\xff\xfe", "webhook-signature-wrong"),
        ("chat", lambda: signed() | {"webhook-signature": "v1"}, BODY, "webhook-signature-wrong"),
        ("chat", lambda: signed() | {"webhook-signature": "v1,abc"}, BODY, "webhook-signature-wrong"),
        ("chat", lambda: signed() | {"webhook-signature": "v1,ñ"}, BODY, "webhook-signature-wrong"),
        ("chat", lambda: signed() | {"webhook-signature": "v2,AAAA"}, BODY, "webhook-signature-wrong"),
    ],
)
def test_what_is_not_known_to_come_from_the_sender_is_refused_with_the_reason(
    sender: str, sign: Callable[[], dict[str, str]], body: bytes, fault: Fault
) -> None:
    assert KNOWN.fault(sender, sign(), body) == fault


def test_an_unknown_sender_cannot_be_told_from_a_wrong_secret_and_may_be_old_too() -> None:
    old = signed(NEW, seconds_ago=400)
    assert KNOWN.fault("nobody", old, BODY) == KNOWN.fault("portal", old, BODY) == "webhook-time-wrong"


def test_several_secrets_by_name() -> None:
    text = f" chat={OLD}, chat={NEW} ,portal={FOREIGN},"
    assert parse_secrets(text) == {"chat": (OLD, NEW), "portal": (FOREIGN,)}


SHORT = "whsec_" + base64.b64encode(b"x" * 23).decode()
LONG = "whsec_" + base64.b64encode(b"x" * 65).decode()


@pytest.mark.parametrize("text", [OLD, f"={OLD}", "chat=", "chat=hello", "chat=whsec_?", f"chat={SHORT}", f"a={LONG}"])
def test_what_is_no_secret_by_name_is_refused_without_being_quoted(text: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse_secrets(text)
    assert text not in str(refused.value)


def test_a_wrong_secret_stops_the_start_with_a_line_that_does_not_quote_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_SECRETS", f"chat={SHORT}")
    with pytest.raises(ValidationError) as wrong:
        IntakeSettings()
    [line] = [one for one in complaints(IntakeSettings, wrong.value) if one.startswith("WEBHOOK_SECRETS")]
    assert line.startswith("WEBHOOK_SECRETS is wrong: expected name=whsec_…, several with commas")
    assert SHORT not in line + str(wrong.value)


def staff() -> Staff:
    names = {"chat": ("channel-system",), "ana": ("adviser",)}
    return Staff(
        Member.model_validate({"id": one, "name": one, "email": f"{one}@caja.example", "roles": roles})
        for one, roles in names.items()
    )


def test_only_channel_systems_of_the_staff_file_may_have_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    assert signatures_of({"chat": (SecretStr(OLD),)}, staff()).fault("chat", signed(OLD), BODY) is None
    with pytest.raises(SystemExit) as ended:
        signatures_of({"ana": (SecretStr(OLD),), "chta": (SecretStr(OLD),)}, staff())
    assert ended.value.code == 2
    assert capsys.readouterr().err.splitlines() == [
        "WEBHOOK_SECRETS: ana is no channel-system of the staff file",
        "WEBHOOK_SECRETS: chta is no channel-system of the staff file",
    ]
