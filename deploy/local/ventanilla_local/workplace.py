# SPDX-License-Identifier: Apache-2.0
"""The directory in which one infrastructure keeps its data, settings and logs, locked while it is in use."""

import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .downloads import LOCAL
from .house import AlreadyRunningError

FRESH = LOCAL / "infra"
FRESH_ELSEWHERE = "INFRA_DIRECTORY"
"""In the environment: where fresh ones are made instead."""

MEMORY = Path("/dev/shm")  # noqa: S108 (a directory of ours in it)
ENOUGH_BYTES = 4 << 30


def in_memory() -> Mapping[str, str]:
    """What the environment must say for fresh ones to lie in memory, on a machine that has enough of it; else nothing.

    What is written is then there for whoever starts a killed server again, as on a disk, and no commit waits for one.
    """
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ENOUGH_BYTES:
        return {}
    return {FRESH_ELSEWHERE: str(MEMORY / f"ventanilla-{os.getuid()}")}


def _fresh() -> Path:
    return Path(os.environ.get(FRESH_ELSEWHERE) or FRESH)


@contextmanager
def workplace(keep: str = "") -> Iterator[Path]:
    """A fresh directory, removed at the end; or `.local/<keep>`, whose content stays from one start to the next."""
    directory = LOCAL / keep if keep else _fresh() / uuid.uuid4().hex[:8]
    with _alone():
        _sweep()
        directory.mkdir(parents=True, exist_ok=True)
        lock = _lock(directory)
    if lock is None:
        raise AlreadyRunningError(f"{directory} is in use by another process")
    with lock:
        try:
            yield directory
        finally:
            if not keep:
                shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def _alone() -> Iterator[None]:
    """Nobody sweeps while a directory is made and not yet locked."""
    _fresh().mkdir(parents=True, exist_ok=True)
    with (_fresh() / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


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
    for left in _fresh().glob("*/in-use"):
        if lock := _lock(left.parent):
            with lock:
                shutil.rmtree(left.parent, ignore_errors=True)
