# SPDX-License-Identifier: Apache-2.0
"""A real Apache Kafka of one node (KRaft) from its jars."""

import subprocess
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .process import DidNotStartError, Server

STARTED = b"Kafka Server started"
LARGEST_MESSAGE = 5 * 1024 * 1024  # the topics allow 4 MB (design §3); the rest is for the batch around it

PROPERTIES = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "auto.create.topics.enable": "false",
    "message.max.bytes": str(LARGEST_MESSAGE),
    "replica.fetch.max.bytes": str(LARGEST_MESSAGE),
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    # Tests join groups all the time and commit after each batch: do not wait for company.
    "group.initial.rebalance.delay.ms": "0",
    "group.coordinator.append.linger.ms": "0",
    # After kill -9 the controller refuses the new broker until the old one's session is over: 9 s at the default.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    "log.retention.ms": "-1",
    "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
}


@dataclass(frozen=True)
class ProxiedPort:
    """A port for clients behind a proxy: they are told the proxy's port `advertised`, so that they stay behind it."""

    port: int
    advertised: int


def kafka_server(
    directory: Path, libraries: Path, port: int, controller_port: int, proxied: Mapping[str, ProxiedPort] | None = None
) -> Server:
    """A broker on 127.0.0.1:`port` that keeps its log in `directory`; `proxied` adds ports by name (A-Z)."""
    directory.mkdir(parents=True, exist_ok=True)
    settings = directory / "server.properties"
    properties = {**PROPERTIES, **_addresses(port, controller_port), "log.dirs": str(directory / "data")}
    if proxied:
        properties |= _proxied(properties, proxied)
    settings.write_text("".join(f"{key}={value}\n" for key, value in properties.items()), encoding="utf-8")
    if not (directory / "data" / "meta.properties").exists():
        _format(directory, libraries, settings)
    command = [*_java(libraries, "-Xms128m", "-Xmx512m"), "kafka.Kafka", str(settings)]
    return Server("kafka", command, directory / "kafka.log", has_started)


def has_started(server: Server) -> bool:
    """Kafka says so once it is registered and answers."""
    return STARTED in server.log_since_start()


def _addresses(port: int, controller_port: int) -> dict[str, str]:
    return {
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "controller.quorum.voters": f"1@127.0.0.1:{controller_port}",
    }


def _proxied(properties: Mapping[str, str], doors: Mapping[str, ProxiedPort]) -> dict[str, str]:
    """One more listener for each door, and what its clients are told."""
    listening = [f"{name}://127.0.0.1:{door.port}" for name, door in doors.items()]
    advertised = [f"{name}://127.0.0.1:{door.advertised}" for name, door in doors.items()]
    names = ["PLAINTEXT", "CONTROLLER", *doors]
    return {
        "listeners": ",".join([properties["listeners"], *listening]),
        "advertised.listeners": ",".join([properties["advertised.listeners"], *advertised]),
        "listener.security.protocol.map": ",".join(f"{name}:PLAINTEXT" for name in names),
        "num.network.threads": "1",  # of each listener
    }


def _java(libraries: Path, *options: str) -> list[str]:
    return ["java", *options, "-Dorg.apache.logging.log4j.level=INFO", "-cp", f"{libraries}/*"]


def _format(directory: Path, libraries: Path, settings: Path) -> None:
    command = [*_java(libraries, "-XX:TieredStopAtLevel=1"), "kafka.tools.StorageTool", "format"]
    cluster = uuid.uuid4().hex[:22]
    done = subprocess.run(  # noqa: S603
        [*command, "--cluster-id", cluster, "--config", str(settings)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise DidNotStartError(f"Kafka could not prepare {directory}:\n{(done.stdout + done.stderr)[-2000:]}")
