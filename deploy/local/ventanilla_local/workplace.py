# SPDX-License-Identifier: Apache-2.0
"""The directory in which one infrastructure keeps its data, settings and logs, locked while it is in use."""

import fcntl
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .downloads import LOCAL

FRESH = LOCAL / "infra"


class AlreadyRunning(RuntimeError):
    """The kept directory is in use by another process of this checkout."""


@contextmanager
def workplace(keep: str | None = None) -> Iterator[Path]:
    """A fresh directory, removed at the end; or `.local/<keep>`, whose content stays from one start to the next."""
    directory = LOCAL / keep if keep else FRESH / uuid.uuid4().hex[:8]
    directory.mkdir(parents=True, exist_ok=True)
    lock = _lock(directory)
    if lock is None:
        raise AlreadyRunning(f"{directory} is in use: another `make run` of this checkout is up")
    with lock:
        _sweep()
        try:
            yield directory
        finally:
            if not keep:
                shutil.rmtree(directory, ignore_errors=True)


def _lock(directory: Path) -> IO[bytes] | None:
    lock = (directory / "in-use").open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock


def _sweep() -> None:
    """Remove what processes that were killed left behind."""
    for left in FRESH.glob("*/in-use"):
        if lock := _lock(left.parent):
            with lock:
                shutil.rmtree(left.parent, ignore_errors=True)
