# SPDX-License-Identifier: Apache-2.0
"""Ports on 127.0.0.1 that no other infrastructure of this machine takes.

They lie below the range from which the kernel takes the ports of outgoing connections, so that a killed broker finds
its port free when it starts again. A claim is a locked file: it holds between the choice and the server's start, and
while the server is down.
"""

import fcntl
import json
import os
import random
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

CANDIDATES = range(20_000, 32_000)


def _claims_directory() -> Path:
    directory = Path(tempfile.gettempdir()) / f"ventanilla-ports-{os.getuid()}"
    directory.mkdir(mode=0o700, exist_ok=True)
    return directory


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@dataclass
class Ports:
    """The ports claimed by one infrastructure until `release`."""

    _claims: dict[int, IO[bytes]] = field(default_factory=dict)

    def take(self, wanted: int | None = None) -> int:
        """A free port: `wanted` when it can be had, else another one."""
        order = random.sample(CANDIDATES, len(CANDIDATES))
        for port in order if wanted is None else [wanted, *order]:
            if self._claim(port):
                return port
        raise RuntimeError(f"no free port on 127.0.0.1 between {CANDIDATES.start} and {CANDIDATES.stop}")

    def _claim(self, port: int) -> bool:
        claim = (_claims_directory() / str(port)).open("ab")
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            claim.close()
            return False
        if not _is_free(port):
            claim.close()
            return False
        self._claims[port] = claim
        return True

    def release(self) -> None:
        for claim in self._claims.values():
            claim.close()
        self._claims.clear()


@contextmanager
def claimed_ports() -> Iterator[Ports]:
    """Claims that end with the block."""
    ports = Ports()
    try:
        yield ports
    finally:
        ports.release()


def kept_ports(ports: Ports, memory: Path, names: Sequence[str]) -> dict[str, int]:
    """A port for each name: those noted in `memory` at an earlier start where they can still be had."""
    before: dict[str, int] = json.loads(memory.read_text(encoding="utf-8")) if memory.exists() else {}
    numbers = {name: ports.take(before.get(name)) for name in names}
    memory.write_text(json.dumps(numbers), encoding="utf-8")
    return numbers
