# SPDX-License-Identifier: Apache-2.0
"""Processes whose parent has gone: we adopt those that our commands leave behind, and end them."""

import ctypes
import os
import signal
from collections.abc import Collection
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """From now on descendants that lose their parent become our children instead of init's."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def end_orphans(but: Collection[int]) -> list[int]:
    """Kill every child of ours except `but`, and theirs in turn; says which."""
    ended: list[int] = []
    while orphans := [pid for pid in children_of(os.getpid()) if pid not in but]:
        for pid in orphans:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        ended += orphans
    return ended


def children_of(pid: int) -> list[int]:
    return [int(stat.parent.name) for stat in Path("/proc").glob("[0-9]*/stat") if _parent(stat) == pid]


def _parent(stat: Path) -> int | None:
    try:
        # pid (name, which may hold anything) state ppid …
        return int(stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None
