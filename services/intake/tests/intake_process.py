# SPDX-License-Identifier: Apache-2.0
"""Intake as a process of its own."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from chassis.testing import free_port


class Process:
    """One intake process, which can be killed with -9 and started again at the same address."""

    def __init__(self, environment: dict[str, str], *command: str) -> None:
        self.port = free_port()
        self._command = command or ("-m", "intake", "api")
        self._environment = {**os.environ, **environment, "PORT": str(self.port), "IMAP_URL": ""}
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *self._command,
            env=self._environment,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )

    async def ended(self) -> int:
        """Its exit code, once it has ended by itself; minus the signal that killed it."""
        assert self._process is not None
        return await self._process.wait()

    async def kill(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGKILL)
            await self._process.wait()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def largest_bytes(pid: int) -> int:
    """The most memory that the process ever had (VmHWM)."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024
