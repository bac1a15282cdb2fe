# SPDX-License-Identifier: Apache-2.0
"""`python3 deploy/local/ventanilla_local/doctor.py [--install | --install-browser]`: what this machine has and lacks.

Runs before anything is installed. `--install` lets apt-get bring mongod's libraries, if we may, `--install-browser` the
Chromium that `make test` asks the pages with: the rest is the user's.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

if not __package__:  # called by its path: there is no environment yet
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from ventanilla_local.machine import BROWSER_PACKAGES, OLDEST_PYTHON, Machine, look
from ventanilla_local.way import NoWayError, choose, java_needs, mongod_needs


def report(machine: Machine, environment: Mapping[str, str]) -> tuple[list[str], bool]:
    """The lines to print, and whether `make run` can work here."""
    lines = ["What Ventanilla needs:", *_needed(machine), "", "Where broker, database and mail server would come from:"]
    run, can_run = _way("run", environment, machine)
    test, _ = _way("test", environment, machine)
    return [*lines, run, test], can_run and machine.python >= OLDEST_PYTHON and machine.venv


def install(machine: Machine) -> None:
    """Bring mongod's libraries where root and apt allow; elsewhere say how."""
    packages = machine.mongod_packages
    if not packages or machine.docker or not machine.mongod_platform:
        return
    if not machine.can_install:
        print(f"mongod lacks libraries; as root: apt-get install {' '.join(packages)}", file=sys.stderr)
        return
    _apt(packages)


def install_browser(machine: Machine) -> None:
    """Bring Chromium where root and apt allow; elsewhere say how. Never fails: the tests of the pages do."""
    if machine.chromium:
        return
    how = f"the tests of the pages need Chromium; as root: apt-get install {' '.join(BROWSER_PACKAGES)}"
    if not machine.can_install:
        print(f"{how} (or .venv/bin/playwright install chromium)", file=sys.stderr)
        return
    try:
        _apt(BROWSER_PACKAGES)
    except subprocess.CalledProcessError:
        print(
            f"apt-get did not bring it: {how} (or .venv/bin/playwright install --with-deps chromium)", file=sys.stderr
        )


def _apt(packages: list[str]) -> None:
    apt = ["apt-get", "install", "-qq", "--yes", "--no-install-recommends", *packages]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print(*apt, flush=True)
    if subprocess.run(apt, env=environment, stdin=subprocess.DEVNULL, check=False).returncode:  # noqa: S603
        subprocess.run(["apt-get", "update", "-qq"], stdin=subprocess.DEVNULL, check=True)  # noqa: S607
        subprocess.run(apt, env=environment, stdin=subprocess.DEVNULL, check=True)  # noqa: S603


def _needed(machine: Machine) -> list[str]:
    python = ".".join(map(str, machine.python))
    return [
        _line(machine.python >= OLDEST_PYTHON, f"Python 3.11 or newer: this is {python}", "another python3"),
        _line(machine.venv, "Python's venv", "apt-get install python3-venv"),
        _line(machine.make, "make", "apt-get install make"),
        "and either",
        _line(machine.docker, "a Docker engine that answers", "start one, or do without: the next lines are enough"),
        "or",
        _line(not java_needs(machine), "Java and Maven, for Kafka and GreenMail", " and ".join(java_needs(machine))),
        _line(not mongod_needs(machine), "what mongod needs", " and ".join(mongod_needs(machine))),
        "and, if you like",
        _line(
            machine.chromium,
            "Chromium, for the tests of the pages (make test)",
            f"apt-get install {' '.join(BROWSER_PACKAGES)}",
        ),
        _line(machine.go_fits, "Go 1.23 or newer, for the faults of links", "https://go.dev/dl (builds Toxiproxy)"),
        _line(machine.node_fits, "Node 20 or newer with npm, for AsyncAPI's own parser", "apt-get install nodejs npm"),
    ]


def _line(there: bool, what: str, otherwise: str) -> str:
    return f"  ok       {what}" if there else f"  missing  {what}: {otherwise}"


def _way(purpose: str, environment: Mapping[str, str], machine: Machine) -> tuple[str, bool]:
    try:
        return f"  make {purpose}: INFRA={choose(environment.get('INFRA', ''), purpose, environment, machine)}", True
    except NoWayError as no_way:
        return f"  make {purpose}: cannot run. {no_way}", False


def main(arguments: list[str]) -> int:
    machine = look()
    if "--install" in arguments:
        install(machine)
        return 0
    if "--install-browser" in arguments:
        install_browser(machine)
        return 0
    lines, can_run = report(machine, os.environ)
    print("\n".join(lines))
    return 0 if can_run else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
