# SPDX-License-Identifier: Apache-2.0
"""What a process has used, as Linux tells it: CPU seconds of all its threads, and memory."""

import os
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Usage:
    """``cpu``: seconds since it began; ``rss``: resident bytes now."""

    cpu: float
    rss: int


def usage(pid: int) -> Usage:
    """Raises FileNotFoundError when it has ended."""
    words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return Usage((int(words[11]) + int(words[12])) / TICKS, pages * PAGE)


def machine_busy() -> float:
    """CPU seconds that all processes of this machine together have used since it began."""
    fields = [int(word) for word in Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:]]
    idle = fields[3] + fields[4]
    return (sum(fields[:8]) - idle) / TICKS
