# SPDX-License-Identifier: Apache-2.0
from typing import ClassVar

import pytest
from pydantic import Field

from chassis.settings import ServiceSettings, load

GOOD = {
    "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9092",
    "MONGODB_URI": "mongodb://user:hunter2@127.0.0.1:27017/?replicaSet=rs0",
    "FILES_URL": "file:///var/lib/ventanilla/files",
    "ORG_CODE": "CAJA",
    "ORG_NAME": "Caja de Ejemplo",
    "ORG_MAIL_DOMAIN": "example.org",
    "ORG_MAIL_ADDRESS": "ventanilla@example.org",
    "STAFF_FILE": "/etc/ventanilla/staff.yaml",
    "SIGNING_KEYS": "a" * 32 + " , " + "b" * 40,
    "PUBLIC_URL": "http://127.0.0.1:8101/",
}


class WindowSettings(ServiceSettings):
    service: ClassVar[str] = "window"
    port: int = Field(8109, ge=0, le=65535)


@pytest.fixture(autouse=True)
def _good_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [field.upper() for field in WindowSettings.model_fields]:
        monkeypatch.delenv(name, raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


def refusal(capsys: pytest.CaptureFixture[str]) -> list[str]:
    with pytest.raises(SystemExit) as stopped:
        load(WindowSettings)
    assert stopped.value.code == 2
    return capsys.readouterr().err.splitlines()


def test_a_complete_environment_gives_the_settings_with_their_defaults() -> None:
    settings = load(WindowSettings)
    assert settings.database == "window"
    assert (settings.host, settings.port, settings.log_level) == ("127.0.0.1", 8109, "INFO")
    assert settings.kafka_topic_prefix == ""
    assert settings.public_url == "http://127.0.0.1:8101"
    assert [key.get_secret_value() for key in settings.signing_keys] == ["a" * 32, "b" * 40]
    assert settings.zone.key == "America/Bogota"


def test_the_database_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONGODB_DATABASE", "elsewhere")
    assert load(WindowSettings).database == "elsewhere"


def test_every_missing_variable_is_named_in_a_line_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in GOOD:
        monkeypatch.delenv(name)
    lines = refusal(capsys)
    assert [line.split()[0] for line in lines] == sorted(GOOD)
    assert lines[0] == "FILES_URL is missing: expected file:///directory or mongodb://host/database"


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        (
            "FILES_URL",
            "mongodb://host/?w=1",
            "FILES_URL is wrong: expected file:///directory or mongodb://host/database",
        ),
        ("FILES_URL", "s3://bucket", "FILES_URL is wrong: expected file:///directory or mongodb://host/database"),
        ("ORG_CODE", "caja", "ORG_CODE is wrong: expected 2 to 10 of A-Z and 0-9; it begins every case number"),
        ("PORT", "many", "PORT is wrong: expected a valid integer, unable to parse string as an integer"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT is wrong: expected one of json, console"),
        ("ORG_TIMEZONE", "Bogota", "ORG_TIMEZONE is wrong: expected a time zone name such as America/Bogota"),
        ("ORG_MAIL_DOMAIN", "@x", "ORG_MAIL_DOMAIN is wrong: expected a domain in lower case, such as example.org"),
        ("CLOCK_SPEED", "0", "CLOCK_SPEED is wrong: expected a number above 0"),
        ("CLOCK_ORIGIN", "2026-03-02T08:00:00-05:00", "settings: CLOCK_ORIGIN and CLOCK_REAL_ORIGIN go together"),
    ],
)
def test_a_wrong_variable_stops_the_start_with_a_clear_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str, line: str
) -> None:
    monkeypatch.setenv(name, value)
    assert refusal(capsys) == [line]


@pytest.mark.parametrize(
    ("name", "value"), [("SIGNING_KEYS", "too-short-to-be-safe"), ("MONGODB_URI", "http://user:hunter2@there")]
)
def test_the_value_of_a_wrong_secret_is_never_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    (line,) = refusal(capsys)
    assert line.startswith(f"{name} is wrong: expected ")
    assert value not in line
    assert "hunter2" not in line


def test_settings_never_show_secrets_when_printed() -> None:
    shown = repr(load(WindowSettings))
    assert "hunter2" not in shown
    assert "a" * 32 not in shown
