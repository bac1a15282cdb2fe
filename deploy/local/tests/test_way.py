# SPDX-License-Identifier: Apache-2.0
import pytest

from ventanilla_local.machine import Machine
from ventanilla_local.way import NoWayError, choose, lacking

ADDRESSES = {
    "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9092",
    "MONGODB_URI": "mongodb://127.0.0.1:27017/",
    "SMTP_URL": "smtp://127.0.0.1:25",
    "IMAP_URL": "imap://127.0.0.1:143",
}
WITHOUT_MAIL = {name: ADDRESSES[name] for name in ("KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI")}
BARE = Machine()
JAVA = Machine(java=17, maven=True)
DOCKER = Machine(docker=True)
ALL = Machine(docker=True, java=21, maven=True)
NO_CURL = Machine(java=17, maven=True, mongod_packages=["libcurl4"])
ARM = Machine(java=17, maven=True, mongod_platform=False)


@pytest.mark.parametrize(
    ("asked", "purpose", "environment", "machine", "way"),
    [
        ("", "test", ADDRESSES, ALL, "env"),
        ("", "run", ADDRESSES, BARE, "env"),
        ("", "test", {}, ALL, "docker"),
        ("", "test", {}, DOCKER, "docker"),
        ("", "test", {}, JAVA, "local"),
        ("", "demo", {}, JAVA, "local"),
        ("", "run", {}, JAVA, "local"),
        ("", "run", {}, BARE, "embedded"),
        ("env", "test", ADDRESSES, ALL, "env"),
        ("docker", "test", ADDRESSES, ALL, "docker"),
        ("local", "test", ADDRESSES, ALL, "local"),
        ("local", "test", WITHOUT_MAIL, JAVA, "local"),
        ("embedded", "run", {}, ALL, "embedded"),
        ("", "run", {"SMTP_URL": "smtp://127.0.0.1:25"}, JAVA, "local"),
        ("docker", "run", {}, Machine(docker=True, mongod_platform=False), "docker"),
    ],
)
def test_the_first_way_that_can_be_had_is_taken_or_the_one_asked_for(
    asked: str, purpose: str, environment: dict[str, str], machine: Machine, way: str
) -> None:
    assert choose(asked, purpose, environment, machine) == way


@pytest.mark.parametrize(
    ("asked", "purpose", "environment", "machine", "words"),
    [
        ("", "test", {}, BARE, ["Docker engine", "Java 17", "Maven", "SMTP_URL, IMAP_URL in the environment"]),
        ("", "demo", {}, BARE, ["No broker and database for `make demo`", "openjdk"]),
        ("", "test", {}, NO_CURL, ["apt-get install libcurl4"]),
        ("", "run", {}, NO_CURL, ["apt-get install libcurl4"]),
        ("", "run", {}, ARM, ["x86-64"]),
        ("", "test", {}, Machine(java=11, maven=True), ["Java 17 or newer (here is 11)"]),
        ("docker", "test", {}, JAVA, ["INFRA=docker needs", "docker info"]),
        ("local", "test", {}, BARE, ["INFRA=local needs", "Java", "Maven"]),
        ("embedded", "test", {}, ALL, ["make run", "forgets everything"]),
        ("embedded", "demo", {}, ALL, ["make run"]),
        ("env", "test", WITHOUT_MAIL, ALL, ["SMTP_URL", "IMAP_URL"]),
        ("cloud", "test", {}, ALL, ["cloud is unknown", "env, docker, local, embedded"]),
        ("", "test", {"MONGODB_URI": "mongodb://127.0.0.1/"}, ALL, ["not KAFKA_BOOTSTRAP_SERVERS", "INFRA=docker"]),
    ],
)
def test_what_cannot_be_had_is_refused_with_what_would_help(
    asked: str, purpose: str, environment: dict[str, str], machine: Machine, words: list[str]
) -> None:
    with pytest.raises(NoWayError) as refused:
        choose(asked, purpose, environment, machine)
    assert [word for word in words if word not in str(refused.value)] == []


def test_without_mail_the_environment_need_not_give_mail_addresses() -> None:
    assert choose("", "test", WITHOUT_MAIL, BARE, mail=False) == "env"


def test_an_empty_address_is_a_missing_one() -> None:
    assert lacking("env", {**ADDRESSES, "SMTP_URL": ""}, BARE) == ["SMTP_URL in the environment"]
