# SPDX-License-Identifier: Apache-2.0
"""What this machine has. Standard library only and readable by an old Python: `make doctor` comes before all else."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

OLDEST_PYTHON = (3, 11)
OLDEST_JAVA = 17  # Kafka 4 brokers
OLDEST_GLIBC = (2, 34)  # the wheel's mongod
OLDEST_GO = (1, 23)  # Toxiproxy
OLDEST_NODE = 20  # AsyncAPI's parser
MONGOD_LIBRARIES = {
    "libcurl.so.4": "libcurl4",
    "libssl.so.3": "libssl3",
    "libcrypto.so.3": "libssl3",
    "liblzma.so.5": "liblzma5",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_PACKAGES = ["chromium", "fonts-liberation"]  # of Debian; Ubuntu's chromium is a snap


@dataclass(frozen=True)
class Machine:
    """What was found. `mongod_packages` are the apt packages that the wheel's mongod lacks here."""

    python: tuple[int, int] = OLDEST_PYTHON
    venv: bool = True
    make: bool = True
    docker: bool = False
    java: int | None = None
    maven: bool = False
    mongod_platform: bool = True
    mongod_packages: list[str] = field(default_factory=list)
    chromium: bool = False
    go: tuple[int, int] | None = None
    node: int | None = None
    npm: bool = False
    can_install: bool = False

    @property
    def java_fits(self) -> bool:
        return self.java is not None and self.java >= OLDEST_JAVA

    @property
    def go_fits(self) -> bool:
        return self.go is not None and self.go >= OLDEST_GO

    @property
    def node_fits(self) -> bool:
        return self.npm and self.node is not None and self.node >= OLDEST_NODE

    @property
    def mongod_runs(self) -> bool:
        return self.mongod_platform and not self.mongod_packages


def look() -> Machine:
    """Look at this machine; takes under a second unless a Docker engine is slow to answer."""
    return Machine(
        python=sys.version_info[:2],
        venv=importlib.util.find_spec("ensurepip") is not None,
        make=shutil.which("make") is not None,
        docker=docker_answers(),
        java=java_version(),
        maven=shutil.which("mvn") is not None,
        mongod_platform=_is_linux_x86_64() and _glibc() >= OLDEST_GLIBC,
        mongod_packages=_missing_packages(MONGOD_LIBRARIES),
        chromium=any(shutil.which(name) for name in BROWSERS),
        go=go_version(),
        node=node_version(),
        npm=shutil.which("npm") is not None,
        can_install=shutil.which("apt-get") is not None and os.geteuid() == 0,
    )


def docker_answers() -> bool:
    """Whether an engine answers, not only whether the command is there."""
    return _output_of("docker", "info", "--format", "{{.ServerVersion}}") is not None


def java_version() -> int | None:
    found = re.search(r'version "(\d+)', _output_of("java", "-version") or "")
    return int(found.group(1)) if found else None


def go_version() -> tuple[int, int] | None:
    found = re.search(r"go version go(\d+)\.(\d+)", _output_of("go", "version") or "")
    return (int(found.group(1)), int(found.group(2))) if found else None


def node_version() -> int | None:
    found = re.search(r"v(\d+)\.", _output_of("node", "--version") or "")
    return int(found.group(1)) if found else None


def _output_of(*command: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout + done.stderr


def _is_linux_x86_64() -> bool:
    return sys.platform == "linux" and platform.machine() == "x86_64"


def _glibc() -> tuple[int, ...]:
    name, version = platform.libc_ver()
    return tuple(int(part) for part in version.split(".")) if name == "glibc" else (0,)


def _missing_packages(libraries: Mapping[str, str]) -> list[str]:
    return sorted({package for library, package in libraries.items() if not _loads(library)})


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
