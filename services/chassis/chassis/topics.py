# SPDX-License-Identifier: Apache-2.0
"""The topics of the house: read from the contracts, created on the broker, compared with it (design 3)."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code
from pydantic import ValidationError

from chassis.yaml_text import read_yaml
from ventanilla_contracts.published import folder
from ventanilla_contracts.registry import EVENTS
from ventanilla_contracts.topics import TopicSpec, dead_letter_topic, faults

SEEN_WITHIN_SECONDS = 30.0
DEAD_LETTER_PARTITIONS = 1  # few, read by people; the parked row is the record
DEAD_LETTER_DAYS = 30
ROOM_FOR_REASONS = 64 * 1024  # a dead letter is the original record and the headers that say why
DAY_MS = 24 * 60 * 60 * 1000

NOTHING_LOST = {"cleanup.policy": "delete", "retention.bytes": "-1"}
"""Said on each topic, because a broker's own defaults may compact a topic or cut it by size."""

Partition = Mapping[str, Any]
"""A partition as aiokafka describes it; ``replicas`` are broker ids."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One topic as it is to be on the broker; ``name`` with the prefix of the installation."""

    name: str
    partitions: int
    replicas: int
    config: Mapping[str, str]


def topics_folder() -> Path:
    """Inside the installed package, or beside it in a checkout."""
    return Path(str(folder("topics")))


def load_topics(place: Path | None = None) -> dict[str, TopicSpec]:
    """Every topic by name. Raises ValueError naming the file, or the event that is on the wrong topic."""
    specs = {path.stem: _read(path) for path in sorted((place or topics_folder()).glob("*.yaml"))}
    if found := faults(specs, EVENTS):
        raise ValueError("; ".join(found))
    return specs


def _read(path: Path) -> TopicSpec:
    try:
        spec = TopicSpec.model_validate(read_yaml(path.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        raise ValueError(f"{path.name}: {error}") from None
    if spec.name != path.stem:
        raise ValueError(f"{path.name}: is about topic {spec.name}, expected {path.stem}")
    return spec


def dead_letter_topics(spec: TopicSpec) -> list[str]:
    """One for each consumer; none where nobody applies what is on the topic."""
    return [dead_letter_topic(spec.name, consumer) for consumer in spec.consumers] if spec.dead_letters else []


def is_dead_letter_topic(topic: str) -> bool:
    return topic.endswith("-dlq")


def layouts(specs: Iterable[TopicSpec], prefix: str = "", replicas: int = 1) -> list[Layout]:
    """Every topic, followed by its dead-letter topics."""
    safe = {**NOTHING_LOST, "min.insync.replicas": str(max(1, replicas - 1))}
    return [layout for spec in specs for layout in _with_dead_letters(spec, prefix, replicas, safe)]


def _with_dead_letters(spec: TopicSpec, prefix: str, replicas: int, safe: Mapping[str, str]) -> Iterator[Layout]:
    yield Layout(prefix + spec.name, spec.partitions, replicas, {**safe, **spec.config})
    config = {**safe, **spec.config, "retention.ms": str(DEAD_LETTER_DAYS * DAY_MS)}
    if largest := spec.config.get("max.message.bytes"):
        config["max.message.bytes"] = str(int(largest) + ROOM_FOR_REASONS)
    for name in dead_letter_topics(spec):
        yield Layout(prefix + name, DEAD_LETTER_PARTITIONS, replicas, config)


async def apply(bootstrap: str, prefix: str = "", replicas: int = 1) -> list[str]:
    """Create the topics that are missing, wait until they are seen, return their names; what exists stays as it is.

    Raises KafkaError, TimeoutError.
    """
    wanted = layouts(load_topics().values(), prefix, replicas)
    async with _admin(bootstrap) as admin:
        known = await _partitions(admin)
        missing = [
            NewTopic(one.name, one.partitions, one.replicas, topic_configs=dict(one.config))
            for one in wanted
            if one.name not in known
        ]
        if not missing:
            return []
        answer = await admin.create_topics(missing)
        created = [name for name, code, message in answer.topic_errors if _was_created(name, code, message)]
        async with asyncio.timeout(SEEN_WITHIN_SECONDS):
            while not {one.name for one in wanted} <= (await _partitions(admin)).keys():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    return created


def _was_created(name: str, code: int, message: str | None) -> bool:
    """False when another process was quicker."""
    error = for_code(code)
    if code and error is not TopicAlreadyExistsError:
        raise error(f"topic {name}: {message or error.description}")
    return not code


async def check(bootstrap: str, prefix: str = "", replicas: int = 1) -> list[str]:
    """How the broker differs from the contracts, a line each; none if it does not. Raises KafkaError."""
    wanted = layouts(load_topics().values(), prefix, replicas)
    async with _admin(bootstrap) as admin:
        known = await _partitions(admin)
        configs = await _configs(admin, [one.name for one in wanted if one.name in known])
    return [line for one in wanted for line in _drift(one, known.get(one.name, []), configs.get(one.name, {}))]


def _drift(wanted: Layout, partitions: Sequence[Partition], config: Mapping[str, str]) -> list[str]:
    if not partitions:
        return [f"{wanted.name}: is missing"]
    replicas = sorted({len(partition["replicas"]) for partition in partitions})
    compared = [
        ("partitions", str(len(partitions)), str(wanted.partitions)),
        ("replication factor", ", ".join(map(str, replicas)), str(wanted.replicas)),
        *((name, config.get(name, "not set"), value) for name, value in sorted(wanted.config.items())),
    ]
    return [
        f"{wanted.name}: {name} is {found}, expected {expected}"
        for name, found, expected in compared
        if found != expected
    ]


@asynccontextmanager
async def _admin(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, client_id="ventanilla-topics")
    try:
        await admin.start()
        yield admin
    finally:
        await admin.close()


async def _partitions(admin: AIOKafkaAdminClient) -> dict[str, list[Partition]]:
    """The partitions of every topic. Asked for by name, a topic that is missing may be created by the broker."""
    return {topic["topic"]: topic["partitions"] for topic in await admin.describe_topics() if not topic["error_code"]}


async def _configs(admin: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, dict[str, str]]:
    answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names])
    resources = [resource for answer in answers for resource in answer.resources]
    for code, message, _, name, _ in resources:
        if code:
            raise for_code(code)(f"topic {name}: {message}")
    return {name: {entry[0]: entry[1] for entry in entries} for _, _, _, name, entries in resources}
