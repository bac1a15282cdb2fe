# SPDX-License-Identifier: Apache-2.0
"""Topics created on a real broker and compared with it."""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import InvalidReplicationFactorError, KafkaConnectionError
from typer.testing import CliRunner

from chassis.topics import apply, check, layouts, load_topics
from chassis.topics_cli import topics_app

NOBODY = "127.0.0.1:1"

on_kafka = pytest.mark.infra


@pytest.fixture
async def admin() -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"])
    await client.start()
    yield client
    await client.close()


@pytest.fixture
def bootstrap() -> str:
    if not (servers := os.environ.get("KAFKA_BOOTSTRAP_SERVERS")):
        pytest.skip("needs KAFKA_BOOTSTRAP_SERVERS (make test gives it)")
    return servers


@pytest.fixture
async def prefix(bootstrap: str, admin: AIOKafkaAdminClient) -> AsyncIterator[str]:
    """An installation of the test's own, taken down at the end."""
    mine = f"t-{uuid.uuid4().hex[:8]}-"
    yield mine
    await admin.delete_topics([name for name in await admin.list_topics() if name.startswith(mine)])


def wanted(prefix: str) -> list[str]:
    return [one.name for one in layouts(load_topics().values(), prefix)]


@on_kafka
async def test_missing_topics_are_created_once_and_then_nothing_differs(bootstrap: str, prefix: str) -> None:
    assert await check(bootstrap, prefix) == [f"{name}: is missing" for name in wanted(prefix)]
    assert sorted(await apply(bootstrap, prefix)) == sorted(wanted(prefix))
    assert await check(bootstrap, prefix) == []
    assert await apply(bootstrap, prefix) == []


@on_kafka
async def test_the_check_creates_nothing(bootstrap: str, prefix: str, admin: AIOKafkaAdminClient) -> None:
    await check(bootstrap, prefix)
    assert not [name for name in await admin.list_topics() if name.startswith(prefix)]


@on_kafka
async def test_two_that_create_at_once_get_in_no_ones_way(bootstrap: str, prefix: str) -> None:
    one, other = await asyncio.gather(apply(bootstrap, prefix), apply(bootstrap, prefix))
    assert sorted(one + other) == sorted(wanted(prefix))
    assert await check(bootstrap, prefix) == []


@on_kafka
async def test_a_topic_that_somebody_made_otherwise_is_left_and_its_drift_named(
    bootstrap: str, prefix: str, admin: AIOKafkaAdminClient
) -> None:
    config = {"retention.ms": "3600000", "max.message.bytes": "4194304", "cleanup.policy": "compact"}
    await admin.create_topics([NewTopic(f"{prefix}intake-cases", 3, 1, topic_configs=config)])
    assert f"{prefix}intake-cases" not in await apply(bootstrap, prefix)
    assert await check(bootstrap, prefix) == [
        f"{prefix}intake-cases: partitions is 3, expected 12",
        f"{prefix}intake-cases: cleanup.policy is compact, expected delete",
        f"{prefix}intake-cases: retention.ms is 3600000, expected -1",
    ]


@on_kafka
async def test_more_replicas_than_brokers_are_refused_and_the_topic_named(bootstrap: str, prefix: str) -> None:
    with pytest.raises(InvalidReplicationFactorError, match=f"topic {prefix}channel-submissions: "):
        await apply(bootstrap, prefix, replicas=99)


@on_kafka
def test_the_command_creates_and_compares_and_says_so(bootstrap: str, prefix: str) -> None:
    run = CliRunner().invoke
    environment = {"KAFKA_BOOTSTRAP_SERVERS": bootstrap}
    before = run(topics_app, ["--check", "--prefix", prefix], env=environment)
    assert before.exit_code == 1
    assert f"{prefix}intake-cases: is missing" in before.stderr
    made = run(topics_app, ["--apply", "--check", "--prefix", prefix], env=environment)
    assert (made.exit_code, made.stderr) == (0, "")
    assert f"created {prefix}intake-cases-routing-dlq" in made.stdout
    after = run(topics_app, ["--check"], env={**environment, "KAFKA_TOPIC_PREFIX": prefix})
    assert (after.exit_code, after.output) == (0, "")


async def test_without_a_broker_the_check_fails_and_does_not_hang() -> None:
    with pytest.raises(KafkaConnectionError):
        await check(NOBODY)


def test_the_command_says_in_one_line_which_broker_is_away() -> None:
    done = CliRunner().invoke(topics_app, ["--check", "--bootstrap", NOBODY])
    assert done.exit_code == 2
    assert done.stderr.startswith(f"Kafka at {NOBODY}: ")
    assert len(done.stderr.splitlines()) == 1


def test_the_command_wants_to_be_told_what_to_do() -> None:
    done = CliRunner().invoke(topics_app, ["--bootstrap", NOBODY])
    assert done.exit_code == 2
    assert "expected --apply, --check or both" in done.stderr
