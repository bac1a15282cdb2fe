# SPDX-License-Identifier: Apache-2.0
"""Kafka, MongoDB and GreenMail as containers, published on 127.0.0.1 and removed at the end with their data."""

import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from . import greenmail, kafka, mongod
from .addresses import Addresses
from .local import PARTS, addresses
from .ports import Ports, kept_ports
from .process import DidNotStartError, Server, running

KAFKA, MONGO, GREENMAIL = "apache/kafka:4.1.0", "mongo:7.0", "greenmail/standalone:2.1.13"
LABEL = "ventanilla"


@contextmanager
def docker(directory: Path, ports: Ports, *, mail: bool) -> Iterator[Addresses]:
    """Start all, wait for all, remove all. The images are pulled the first time."""
    port = kept_ports(ports, directory / "ports.json", PARTS)
    servers = {"database": _mongo(directory, port), "broker": _kafka(directory, port)}
    if mail:
        servers["mail"] = _greenmail(directory, port)
    _pull(KAFKA, MONGO, *([GREENMAIL] if mail else []))
    with _removed_at_the_end([server.container for server in servers.values()]), running(servers):
        for server in servers.values():
            server.launch()
        for server in servers.values():
            server.wait_until_ready()
        yield addresses("docker", f"containers of {KAFKA}, {MONGO} and {GREENMAIL}", port, servers)


def _kafka(directory: Path, port: Mapping[str, int]) -> Server:
    data = "/var/lib/kafka/data"
    settings = {
        **kafka.PROPERTIES,
        "listeners": f"PLAINTEXT://0.0.0.0:{port['broker']},CONTROLLER://127.0.0.1:{port['controller']}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port['broker']}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "controller.quorum.voters": f"1@127.0.0.1:{port['controller']}",
        "log.dirs": data,
    }
    variables = {f"KAFKA_{name.upper().replace('.', '_')}": value for name, value in settings.items()}
    options = [*_published(port["broker"]), *_variables({**variables, "KAFKA_HEAP_OPTS": "-Xms128m -Xmx512m"})]
    return _container(directory, "kafka", [*options, *_kept(directory, "kafka", data), KAFKA], kafka.has_started)


def _mongo(directory: Path, port: Mapping[str, int]) -> Server:
    number = port["database"]
    command = ["--replSet", mongod.REPLICA_SET, "--port", str(number), "--bind_ip_all", *mongod.SETTINGS]
    words = [*_published(number), *_kept(directory, "mongo", "/data/db"), MONGO, *command]
    return _container(directory, "mongo", words, lambda _: mongod.is_primary(number))


def _greenmail(directory: Path, port: Mapping[str, int]) -> Server:
    smtp, imap, api = port["smtp"], port["imap"], port["api"]
    options = " ".join([*greenmail.OPTIONS, *greenmail.listeners("0.0.0.0", smtp, imap, api)])  # noqa: S104
    words = [*_published(smtp, imap, api), *_variables({"GREENMAIL_OPTS": options}), GREENMAIL]
    return _container(directory, "greenmail", words, lambda _: greenmail.is_ready(api))


def _published(*ports: int) -> list[str]:
    """The same number inside and outside: a server has one name for itself and for its clients."""
    return [f"--publish=127.0.0.1:{port}:{port}" for port in ports]


def _variables(variables: Mapping[str, str]) -> list[str]:
    return [f"--env={name}={value}" for name, value in variables.items()]


def _kept(directory: Path, name: str, path: str) -> list[str]:
    """A volume, so that data outlive a killed container."""
    return [f"--volume={_name(directory, name)}:{path}"]


def _name(directory: Path, name: str) -> str:
    return f"ventanilla-{directory.name}-{name}"


def _container(directory: Path, name: str, words: list[str], is_ready: Callable[[Server], bool]) -> Server:
    full_name = _name(directory, name)
    command = ["docker", "run", "--rm", f"--name={full_name}", f"--label={LABEL}", *words]
    return Server(name, command, directory / f"{name}.log", is_ready, container=full_name)


@contextmanager
def _removed_at_the_end(names: Iterable[str]) -> Iterator[None]:
    try:
        yield
    finally:
        for name in names:
            _docker("rm", "--force", "--volumes", name)
            _docker("volume", "rm", "--force", name)


def _pull(*images: str) -> None:
    for image in images:
        if not _docker("image", "inspect", image) and not _docker("pull", "--quiet", image):
            raise DidNotStartError(f"docker cannot pull {image}: try `docker pull {image}`")


def _docker(*words: str) -> bool:
    command = ["docker", *words]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)  # noqa: S603
    return done.returncode == 0
