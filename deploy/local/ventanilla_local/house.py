# SPDX-License-Identifier: Apache-2.0
"""One house at a time: `make run` and `make demo` of one checkout exclude each other, and `make stop` ends either."""

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .downloads import LOCAL

HOUSE = LOCAL / "house.pid"
STOP_SECONDS = 60.0


class AlreadyRunningError(RuntimeError):
    """Another house of this checkout is up."""


@contextmanager
def only_house(file: Path = HOUSE) -> Iterator[None]:
    """Hold the house's lock, with our pid in it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise AlreadyRunningError("A house of this checkout is up already: `make stop` ends it") from taken
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def stop(file: Path = HOUSE) -> int:
    """End the house that is up, if one is, and wait until it has stopped all it started."""
    until = time.monotonic() + STOP_SECONDS
    asked = False
    while (pid := _holder(file)) is not None:
        if not asked:
            os.kill(pid, signal.SIGTERM)
            asked = True
        if time.monotonic() > until:
            print(f"process {pid} does not end")
            return 1
        time.sleep(0.1)
    print("stopped" if asked else "nothing runs")
    return 0


def _holder(file: Path) -> int | None:
    if not file.exists():
        return None
    with file.open(encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(lock.read())
    return None
