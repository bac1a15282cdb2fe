# SPDX-License-Identifier: Apache-2.0
"""Processes that begin in a tenth of a second: forked from one that has imported the five services already.

Each is a process of its own, with its own environment, that runs what `python -m MODULE WORDS…` would; only the seconds
of importing are spared, since the faults start several hundred. `python -m tests.faults.nursery SOCKET MODULES…` is the
process that they are forked from; at its socket it is told what to start, and tells the process id and how it ended.
"""

import ctypes
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ventanilla_local.downloads import ROOT
from ventanilla_local.process import Server, running

PR_SET_PDEATHSIG = 1
NUMBER = struct.Struct("<i")
IMPORTED = (
    *("intake.app", "routing.app", "notifications.app", "satisfaction.app", "reporting.app"),
    "tests.faults.points",
)


def main(place: str, *modules: str) -> None:
    """Fork what is asked for, until killed."""
    for module in modules:
        importlib.import_module(module)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever waits for one of them has ended by itself
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(f"{place}.new")
        door.listen()
        Path(f"{place}.new").rename(place)  # who sees it may come in
        while True:
            visitor, _ = door.accept()
            with visitor:
                if os.fork() == 0:
                    door.close()
                    _start_and_wait(visitor)
                    os._exit(0)


def _start_and_wait(visitor: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _die_with_parent()
    with visitor.makefile("r", encoding="utf-8") as said:
        asked = json.loads(said.readline())
    pid = os.fork()
    if pid == 0:
        _become(asked)
    visitor.sendall(NUMBER.pack(pid))
    visitor.sendall(NUMBER.pack(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])))


def _become(asked: dict[str, Any]) -> None:
    """Never returns."""
    code: object = 1
    try:
        _die_with_parent()
        os.setsid()
        log = os.open(asked["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.environ.clear()
        os.environ.update(asked["environment"])
        module, *words = asked["words"]
        sys.argv = [module, *words]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        code = 0 if end.code is None else end.code
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))


class Nursling:
    """One of them, as the process of a Server."""

    def __init__(self, place: Path, words: list[str], environment: dict[str, str], log: Path) -> None:
        self.returncode: int | None = None
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(place))
        asked = {"words": words, "environment": environment, "log": str(log)}
        self._socket.sendall(json.dumps(asked).encode() + b"\n")
        self.pid = self._hear()

    def poll(self) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Raises subprocess.TimeoutExpired."""
        if self.returncode is None:
            if not select.select([self._socket], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired([str(self.pid)], timeout or 0)
            self.returncode = self._hear()
            self._socket.close()
        return self.returncode

    def _hear(self) -> int:
        """A number that does not come: the nursery is gone, and what it started with it."""
        said = self._socket.recv(NUMBER.size, socket.MSG_WAITALL)
        return int(NUMBER.unpack(said)[0]) if said else -signal.SIGKILL

    def terminate(self) -> None:
        os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


@dataclass
class Nursed(Server):
    """A server whose `command` is a `python -m`."""

    nursery: Path = Path()

    def launch(self) -> None:
        if self.pid:
            raise RuntimeError(f"{self.name} runs already")
        self.log.touch()
        self.log_start = self.log.stat().st_size
        self.process = Nursling(self.nursery, self.command[2:], dict(self.environment or os.environ), self.log)


@contextmanager
def nursery(directory: Path, modules: Sequence[str] = IMPORTED) -> Iterator[Path]:
    """Where processes may be had while the block runs; they end with it at the latest."""
    place = directory / "nursery"
    command = [sys.executable, "-m", "tests.faults.nursery", str(place), *modules]
    path = ":".join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    server = Server(
        "nursery",
        command,
        directory / "nursery.log",
        lambda _: place.exists(),
        environment={**os.environ, "PYTHONPATH": path},
    )
    with running({"nursery": server}):
        server.start()
        yield place


if __name__ == "__main__":
    main(*sys.argv[1:])
