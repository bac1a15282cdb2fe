# SPDX-License-Identifier: Apache-2.0
"""A process that dies with us, and a server made of one: started, waited for, killed, started again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

DEATHWATCH = Path(__file__).with_name("deathwatch.py")
START_SECONDS = 300.0
"""What cannot start mostly ends, which is seen at once; a broker that reads its log on a busy machine takes long."""

STOP_SECONDS = 20.0

# The kernel sends the death signal when the *thread* that forked ends: one that lives as long as we do makes all forks.
_forker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="forker")


class DidNotStartError(RuntimeError):
    """A server ended or stayed silent instead of becoming ready."""


def spawn(
    command: list[str],
    *,
    output: IO[bytes] | None = None,
    own_session: bool = True,
    environment: Mapping[str, str] | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
    directory: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command`; it gets `death_signal` when this process dies, even by kill -9."""

    def fork() -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", str(DEATHWATCH), str(os.getpid()), str(int(death_signal)), *command],
            stdin=subprocess.DEVNULL if own_session else None,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            start_new_session=own_session,
            env=environment,
            cwd=directory,
        )

    return _forker.submit(fork).result()


class Process(Protocol):
    """What a server needs of its process: a Popen, or one started in another way."""

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


@dataclass
class Server:
    """One process of the infrastructure, or one `docker run` of `container`. `is_ready` is asked until it says yes."""

    name: str
    command: list[str]
    log: Path
    is_ready: Callable[["Server"], bool]
    container: str = ""
    environment: Mapping[str, str] | None = field(default=None, repr=False)
    process: Process | None = None
    log_start: int = field(default=0, repr=False)

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process and self.process.poll() is None else None

    def launch(self) -> None:
        """Start without waiting."""
        if self.pid:
            raise RuntimeError(f"{self.name} runs already")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self.log_start = output.tell()
            # `docker run` hands SIGTERM on to its container; killed itself, it would leave the container running.
            death_signal = signal.SIGTERM if self.container else signal.SIGKILL
            self.process = spawn(self.command, output=output, death_signal=death_signal, environment=self.environment)

    def wait_until_ready(self, seconds: float = START_SECONDS) -> None:
        until, pause = time.monotonic() + seconds, 0.05
        while not self.is_ready(self):
            if self.pid is None:
                raise DidNotStartError(f"{self.name} ended while starting. {self.log} says:\n{self.last_words()}")
            if time.monotonic() > until:
                raise DidNotStartError(
                    f"{self.name} is silent after {seconds:.0f} s. {self.log} says:\n{self.last_words()}"
                )
            time.sleep(pause)
            pause = min(pause * 1.2, 0.5)  # who takes long has better things to do than to answer us

    def start(self) -> None:
        """Start and wait until it answers: on the same port and data as before."""
        self.launch()
        self.wait_until_ready()

    def kill(self) -> None:
        """kill -9, as a crash would."""
        if not self.process or not self.pid:
            return
        if self.container:
            docker = ["docker", "kill", self.container]
            subprocess.run(docker, stdin=subprocess.DEVNULL, capture_output=True, check=False)  # noqa: S603
        else:
            self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Ask it to end; kill it when it does not."""
        self.ask_to_stop()
        self.wait_until_stopped()

    def ask_to_stop(self) -> None:
        if self.process and self.pid:
            self.process.terminate()

    def wait_until_stopped(self) -> None:
        if not self.process:
            return
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def log_since_start(self) -> bytes:
        with self.log.open("rb") as log:
            log.seek(self.log_start)
            return log.read()

    def last_words(self) -> str:
        lines = self.log_since_start().decode(errors="replace").splitlines()
        return "\n".join(lines[-15:])


@contextmanager
def running(servers: Mapping[str, Server]) -> Iterator[None]:
    """Stop at the end, together, whatever was started in between."""
    try:
        yield
    finally:
        for server in servers.values():
            server.ask_to_stop()
        for server in servers.values():
            server.wait_until_stopped()
