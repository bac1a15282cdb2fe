# SPDX-License-Identifier: Apache-2.0
"""A small disk for the database that can be filled: memory, mounted where only its holder and the database see it."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ventanilla_local.process import Server

MEGABYTES = 640
NEEDED = ("unshare", "nsenter", "mount")
_BLOCK = b"\0" * 65_536


def cannot_fill() -> str:
    """Why this machine does not let us mount one; nothing if it does."""
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing:
        return f"a disk to fill needs {', '.join(missing)}"
    mount = ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
    done = subprocess.run(mount, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return "" if done.returncode == 0 else "a disk to fill needs root, and a kernel that lets it mount one"


@dataclass(frozen=True)
class SmallDisk:
    """`holder` lives as long as the disk does."""

    holder: Server
    directory: Path

    def inside(self, command: list[str]) -> list[str]:
        """The command, run where the disk is seen."""
        return ["nsenter", f"--target={self.holder.pid}", "--mount", "--", *command]

    def fill(self) -> None:
        """To the last byte."""
        with self._ballast.open("ab", buffering=0) as ballast:
            for block in (_BLOCK, _BLOCK[:512]):
                try:
                    while True:
                        ballast.write(block)
                except OSError:
                    continue

    def free(self) -> None:
        self._ballast.unlink()

    @property
    def _ballast(self) -> Path:
        return Path(f"/proc/{self.holder.pid}/root{self.directory}/ballast")


def small_disk(directory: Path) -> SmallDisk:
    """Mount it at `directory`; the mount is gone when its holder is stopped."""
    directory.mkdir(parents=True)
    mount = f'mount -t tmpfs -o size={MEGABYTES}m none "$0" && exec tail -f /dev/null'
    command = ["unshare", "--mount", "sh", "-c", mount, str(directory)]
    holder = Server("small disk", command, directory.with_suffix(".log"), lambda server: _is_mounted(server, directory))
    return SmallDisk(holder, directory)


def _is_mounted(holder: Server, directory: Path) -> bool:
    return holder.pid is not None and os.path.ismount(f"/proc/{holder.pid}/root{directory}")
