# SPDX-License-Identifier: Apache-2.0
import pytest
from pydantic import ValidationError

from intake.mail.receive_settings import Listen, parse_listen
from intake.settings import IntakeSettings

OTHERS = {
    "kafka_bootstrap_servers": "127.0.0.1:1",
    "mongodb_uri": "mongodb://127.0.0.1:1",
    "files_url": "file:///files",
    "org_code": "CAJA",
    "org_name": "Caja de ejemplo",
    "org_mail_domain": "caja.example",
    "org_mail_address": "servicio@caja.example",
    "staff_file": "staff.yaml",
    "signing_keys": "a-key-for-tests-only-of-32-characters",
    "public_url": "http://127.0.0.1:8101",
}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("127.0.0.1:8125", Listen("127.0.0.1", 8125)),
        ("[::1]:24", Listen("::1", 24)),
        ("mail.caja.example:25", Listen("mail.caja.example", 25)),
        ("", None),
    ],
)
def test_where_to_listen(value: str, expected: Listen | None) -> None:
    assert parse_listen(value) == expected


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("smtp_listen", "25", "host:port"),
        ("lmtp_listen", "127.0.0.1:70000", "host:port"),
        ("receive_peers", "10.0.0.0/33", "receive_peers"),
        ("receive_certificate", "tls.pem", "go together"),
        ("receive_tls", "required", "RECEIVE_CERTIFICATE"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_says_what_was_expected(name: str, value: str, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        IntakeSettings.model_validate({**OTHERS, name: value})


def test_peers_are_addresses_and_networks() -> None:
    found = IntakeSettings.model_validate({**OTHERS, "receive_peers": "10.1.0.0/16, 192.0.2.7,2001:db8::/32"})
    assert [str(one) for one in found.receive_peers] == ["10.1.0.0/16", "192.0.2.7/32", "2001:db8::/32"]
