# SPDX-License-Identifier: Apache-2.0
"""The processes of the five services: one of each, a second one of the service that is being hit."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.faults.ground import Ground
from tests.faults.nursery import Nursed, nursery
from ventanilla_local.ports import Ports
from ventanilla_local.process import Server
from ventanilla_local.services import SERVICES, House, answers, house

SETTINGS = {
    "LETTERS_RETRY_SECONDS": "1",
    "SMTP_TIMEOUT_SECONDS": "5",  # a dead sender's lease is then over after 15 s instead of 30
    "IMAP_POLL_SECONDS": "1",
}


@dataclass
class Crew:
    """`instances` and their ports by name, such as `routing-a`."""

    house: House
    ground: Ground
    prefix: str
    instances: dict[str, Server]
    ports: dict[str, int]
    directory: Path
    nursery: Path
    _claims: Ports

    def doors(self, service: str) -> list[str]:
        """The addresses of its instances, whether they answer or not."""
        return [f"http://127.0.0.1:{port}" for name, port in self.ports.items() if name.startswith(f"{service}-")]

    def token(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.house.login(role).token}"}

    def of(self, service: str) -> list[Server]:
        return [server for name, server in self.instances.items() if name.startswith(f"{service}-")]

    def begin_second(self, service: str) -> Server:
        """The instance b of a service, which dies where `orders` says; those of others end."""
        self.end_seconds(but=service)
        name = f"{service}-b"
        if name not in self.instances:
            self.ports[name] = self._claims.take()
            self.instances[name] = self._second(service, name, self.ports[name])
            self.instances[name].start()
        return self.instances[name]

    def end_seconds(self, but: str = "") -> None:
        for name in [name for name in self.instances if name.endswith("-b") and name != f"{but}-b"]:
            del self.ports[name]
            self.instances.pop(name).stop()

    def orders(self, service: str) -> Path:
        """The file that the instance b of a service obeys (tests/faults/dies_at.py)."""
        return self.directory / f"{service}-b.orders"

    def _second(self, service: str, name: str, port: int) -> Server:
        first = self.instances[f"{service}-a"].environment or {}
        return Nursed(
            name,
            [sys.executable, "-m", "tests.faults.dies_at", str(self.orders(service)), service, "serve"],
            self.directory / f"{name}.log",
            lambda _: answers(f"http://127.0.0.1:{port}/readyz"),
            environment={**first, **self.ground.environment(name), "PORT": str(port)},
            nursery=self.nursery,
        )


@contextmanager
def crew(directory: Path, ground: Ground, ports: Ports, prefix: str) -> Iterator[Crew]:
    """The five services, each behind its links."""
    own = {service: ground.environment(f"{service}-a") for service in SERVICES}
    settings = {**SETTINGS, "ORG_MAIL_ADDRESS": ground.mailbox}
    direct = {"KAFKA_BOOTSTRAP_SERVERS": ground.kafka}
    directory.mkdir(parents=True)
    with (
        nursery(directory) as cot,
        house(
            directory, direct, ports, prefix=prefix, settings=settings, own=own, server=partial(Nursed, nursery=cot)
        ) as up,
    ):
        first = {f"{service}-a": server for service, server in up.servers.items()}
        numbers = {f"{service}-a": port for service, port in up.ports.items()}
        found = Crew(up, ground, prefix, first, numbers, directory, cot, ports)
        try:
            yield found
        finally:
            found.end_seconds()
