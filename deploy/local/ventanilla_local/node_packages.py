# SPDX-License-Identifier: Apache-2.0
"""What a package-lock.json names, fetched once into `.local/` by npm."""

import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

from .downloads import LOCAL, DownloadError, fetched_once


def node_packages(project: Path) -> Path:
    """The `node_modules` of the project in this folder, as its lock file says; a changed lock is another place.

    Raises DownloadError where npm is missing or cannot fetch them.
    """
    lock = (project / "package-lock.json").read_bytes()
    place = LOCAL / "node" / f"{project.name}-{sha256(lock).hexdigest()[:12]}"
    return fetched_once(place, lambda into: _install(project, into)) / "node_modules"


def _install(project: Path, into: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise DownloadError("npm is not here; it comes with Node 20 or newer: apt-get install nodejs npm")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(project / name, into)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=into, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)  # noqa: S603
    if done.returncode:
        raise DownloadError(f"npm ci failed in {project}:\n{(done.stdout + done.stderr)[-2000:]}")
