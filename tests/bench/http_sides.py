# SPDX-License-Identifier: Apache-2.0
"""Filing by HTTP: intake as it runs beside a bare app, and beside itself without group commit."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from chassis.testing import SIGNING_KEY
from tests.bench.report import Measured, Row
from tests.bench.sides import Place, output_of, place
from tests.bench.workload import KEPT, write_staff

CONNECTIONS = 64
START_SECONDS = 180.0


@dataclass(frozen=True)
class Server:
    """A running server of one side."""

    process: "subprocess.Popen[bytes]"
    port: int

    def measured(self, seconds: float) -> Measured:
        """What it accepts a second from all connections together."""
        before = self._cpu_seconds()
        began = time.perf_counter()
        speed = float(output_of("http_load", str(self.port), str(CONNECTIONS), str(seconds)))
        accepted = speed * (time.perf_counter() - began)
        return Measured(speed, (self._cpu_seconds() - before) / accepted * 1000)

    def _cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def filing(rounds: int, seconds: float) -> list[Row]:
    """The rows of the table; the servers run side by side and are asked in turn."""
    with ExitStack() as stack, TemporaryDirectory() as directory:
        mine, alone, bare = (stack.enter_context(place()) for _ in range(3))
        servers = {
            "ours": stack.enter_context(_intake("intake", mine, Path(directory))),
            "one commit": stack.enter_context(_intake("tests.bench.http_one_commit", alone, Path(directory))),
            "one insert": stack.enter_context(_server(["tests.bench.http_one_insert", bare.database], {})),
        }
        found: dict[str, list[Measured]] = {side: [] for side in servers}
        for _ in range(rounds):
            for side, server in servers.items():
                found[side].append(server.measured(seconds))
    what = f"filing by HTTP, {CONNECTIONS} connections"
    return [
        Row(what, "itself, one commit a request", found["ours"], found["one commit"], 3),
        Row(what, "a bare app, one insert a request", found["ours"], found["one insert"]),
    ]


def _intake(module: str, where: Place, directory: Path) -> AbstractContextManager[Server]:
    return _server(
        [module, "api"],
        {
            "KAFKA_TOPIC_PREFIX": where.prefix,
            "MONGODB_DATABASE": where.database,
            "FILES_URL": f"file://{directory}",
            "ORG_CODE": "BENCH",
            "ORG_NAME": "Caja de ejemplo",
            "ORG_MAIL_DOMAIN": "caja.example",
            "ORG_MAIL_ADDRESS": "servicio@caja.example",
            "STAFF_FILE": str(write_staff(KEPT)),
            "SIGNING_KEYS": SIGNING_KEY,
            "PUBLIC_URL": "http://127.0.0.1:8101",
        },
    )


@contextmanager
def _server(command: list[str], settings: Mapping[str, str]) -> Iterator[Server]:
    """Run it until it is ready; stopped at the end. A bare app gets its port as an argument, intake as a setting."""
    port = _free_port()
    words = command if settings else [*command, str(port)]
    environment = {**os.environ, **settings, "PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", *words],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_ready(process, port)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"{process.args!r} did not start")
            time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port
