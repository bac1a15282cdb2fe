# SPDX-License-Identifier: Apache-2.0
"""docker-compose.yml keeps its promises; no engine is needed. Each rule has a file that breaks it."""

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ventanilla_local import docker, kafka, services

ROOT = Path(__file__).resolve().parents[2]
OURS = tuple(services.SERVICES)
SECRET = re.compile(r"SECRET|PASSWORD|TOKEN|SIGNING|API_KEY")
LEFT_OPEN = re.compile(r"(?<!\$)\$\{([A-Z_]+):-([^}]*)\}")  # $${…} is for the shell in the container
Compose = dict[str, Any]
Break = Callable[[Compose], object]

TEXT = (ROOT / "docker-compose.yml").read_text("utf-8")
HOUSE: Compose = yaml.safe_load(TEXT)


def faults(house: Compose) -> list[str]:
    """What is wrong with the file, each beginning with the service's name."""
    named = house["services"].items()
    found = [f"{name}: {fault}" for name, service in named for fault in _faults_of_one(service)]
    found += [
        f"{name}: volume {volume} is not declared"
        for name, service in named
        for volume in _volumes(service)
        if volume not in house["volumes"]
    ]
    found += [f"{name}: is not there" for name in OURS if name not in house["services"]]
    return found + [
        f"{name}: does not wait for {other}"
        for name in OURS
        for other in ("kafka", "replica-set", "topics", "house")
        if other not in house["services"].get(name, {}).get("depends_on", {})
    ]


def _faults_of_one(service: Compose) -> list[str]:
    ours, job = service["image"].startswith("ventanilla/"), service.get("restart") == "no"
    rules = {
        "a port is open beyond this machine": all(port.startswith("127.0.0.1:") for port in service.get("ports", ())),
        "may use all memory": "mem_limit" in service,
        "keeps capabilities": service.get("cap_drop") == ["ALL"] and "cap_add" not in service,
        "may gain privileges": "no-new-privileges:true" in service.get("security_opt", ()),
        "shares the host": not {"privileged", "pid", "ipc", "devices"} & service.keys()
        and service.get("network_mode") != "host",
        "mounts a place of the host": not any(volume[0] in "./~" for volume in _volumes(service)),
        "its logs grow for ever": "max-size" in service.get("logging", {}).get("options", {}),
        "nobody knows whether it is well": job or "test" in service.get("healthcheck", {}),
        "a task is asked whether it is well": not job or service.get("healthcheck") == {"disable": True},
        "does not come back": job or service.get("restart") == "unless-stopped",
        "its image is not fixed": re.search(r":(?!latest)[^:]+$", service["image"]) is not None,
        "can write its root": service.get("read_only") is True or service["image"] == docker.KAFKA,
        "has no user by number": not ours or re.fullmatch(r"[1-9]\d*:[1-9]\d*", service.get("user", "")) is not None,
        "holds a secret": not any(_is_secret(name, str(value)) for name, value in _environment(service).items()),
    }
    return [fault for fault, holds in rules.items() if not holds]


def _volumes(service: Compose) -> list[str]:
    return [volume.split(":")[0] for volume in service.get("volumes", ())]


def _environment(service: Compose) -> dict[str, Any]:
    return dict(service.get("environment", {}))


def _is_secret(name: str, value: str) -> bool:
    return bool(SECRET.search(name)) and value != f"${{{name}:-}}"


def test_the_compose_file_has_no_fault() -> None:
    assert faults(HOUSE) == []


BREAKS: list[tuple[str, Break, str]] = [
    ("intake", lambda one: one.update(ports=["8101:8101"]), "a port is open beyond this machine"),
    ("kafka", lambda one: one.update(ports=["0.0.0.0:9092:9092"]), "a port is open beyond this machine"),
    ("routing", lambda one: one.pop("mem_limit"), "may use all memory"),
    ("routing", lambda one: one.pop("cap_drop"), "keeps capabilities"),
    ("routing", lambda one: one.update(cap_add=["NET_ADMIN"]), "keeps capabilities"),
    ("mail", lambda one: one.pop("security_opt"), "may gain privileges"),
    ("mongo", lambda one: one.update(privileged=True), "shares the host"),
    ("mongo", lambda one: one.update(network_mode="host"), "shares the host"),
    ("house", lambda one: one.update(volumes=["/var/run/docker.sock:/s"]), "mounts a place of the host"),
    ("mail", lambda one: one.pop("logging"), "its logs grow for ever"),
    ("reporting", lambda one: one.pop("healthcheck"), "nobody knows whether it is well"),
    ("topics", lambda one: one.pop("healthcheck"), "a task is asked whether it is well"),
    ("reporting", lambda one: one.pop("restart"), "does not come back"),
    ("mail", lambda one: one.update(image="greenmail/standalone:latest"), "its image is not fixed"),
    ("mail", lambda one: one.update(image="greenmail/standalone"), "its image is not fixed"),
    ("notifications", lambda one: one.pop("read_only"), "can write its root"),
    ("notifications", lambda one: one.update(user="root"), "has no user by number"),
    ("notifications", lambda one: one.update(user="0:0"), "has no user by number"),
    ("intake", lambda one: one["environment"].update(SIGNING_KEYS="abc"), "holds a secret"),
    ("intake", lambda one: one["volumes"].append("letters:/letters"), "volume letters is not declared"),
    ("routing", lambda one: one["depends_on"].pop("topics"), "does not wait for topics"),
]


@pytest.mark.parametrize(("name", "break_it", "fault"), BREAKS)
def test_a_broken_rule_is_named(name: str, break_it: Break, fault: str) -> None:
    service = copy.deepcopy(HOUSE["services"][name])  # by itself: services share parts of the file
    house = {**HOUSE, "services": {**HOUSE["services"], name: service}}
    break_it(service)
    assert f"{name}: {fault}" in faults(house)


def test_env_dist_names_every_setting_with_the_default_that_the_compose_file_has() -> None:
    lines = (ROOT / ".env.dist").read_text("utf-8").splitlines()
    said = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert said == dict(LEFT_OPEN.findall(TEXT))
    assert len({(name, default) for name, default in LEFT_OPEN.findall(TEXT)}) == len(said), "two defaults for one name"


def test_the_sample_organisation_is_the_one_of_make_run() -> None:
    assert services.ORGANISATION.items() <= dict(LEFT_OPEN.findall(TEXT)).items()


def test_compose_takes_the_servers_that_the_tests_take() -> None:
    house = HOUSE["services"]
    images = tuple(house[name]["image"] for name in ("kafka", "mongo", "mail"))
    assert images == (docker.KAFKA, docker.MONGO, docker.GREENMAIL)


@pytest.mark.parametrize("name", ["auto.create.topics.enable", "message.max.bytes", "replica.fetch.max.bytes"])
def test_the_broker_is_set_up_as_the_one_of_the_tests(name: str) -> None:
    settings = HOUSE["services"]["kafka"]["environment"]
    assert settings[f"KAFKA_{name.upper().replace('.', '_')}"] == kafka.PROPERTIES[name]


def test_a_killed_process_blocks_its_documents_for_five_seconds_only() -> None:
    assert "--setParameter=transactionLifetimeLimitSeconds=5" in HOUSE["services"]["mongo"]["command"]
