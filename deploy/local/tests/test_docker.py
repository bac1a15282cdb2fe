# SPDX-License-Identifier: Apache-2.0
import subprocess

import httpx
import pytest
from pymongo import MongoClient

from ventanilla_local.infra import infra
from ventanilla_local.machine import docker_answers

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not docker_answers(), reason="no Docker engine answers here"),
]


def test_containers_keep_data_over_a_kill_and_are_gone_at_the_end() -> None:
    with infra("docker") as addresses:
        names = [server.container for server in addresses.servers.values()]
        assert sorted(_containers(names)) == sorted(names)
        assert httpx.get(f"{addresses.mail_api_url}/api/service/readiness").is_success
        with MongoClient[dict[str, object]](addresses.mongodb_uri) as client:
            client.kept.cases.insert_one({"_id": "1"})
            addresses.database.kill()
            addresses.database.start()
            assert client.kept.cases.count_documents({"_id": "1"}) == 1
    assert _containers(names) == []
    assert _volumes(names) == []


def _containers(names: list[str]) -> list[str]:
    return _listed(["docker", "ps", "--all", "--format", "{{.Names}}"], names)


def _volumes(names: list[str]) -> list[str]:
    return _listed(["docker", "volume", "ls", "--format", "{{.Name}}"], names)


def _listed(command: list[str], names: list[str]) -> list[str]:
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603
    return [name for name in listed if name in names]
