# SPDX-License-Identifier: Apache-2.0
"""The test suites: one a member, in an environment that holds only its own dependencies, then those under `tests/`."""

import os
import subprocess
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .downloads import LOCAL, ROOT, uv

MEMBERS = (
    "contracts",
    "services/chassis",
    "services/intake",
    "services/routing",
    "services/notifications",
    "services/satisfaction",
    "services/reporting",
    "deploy/local",
)
NO_TESTS_COLLECTED = 5
IN_TWO = ("browser", "contract", "e2e", "integrate")
"""Suites whose modules know nothing of each other, outside the services."""


@dataclass(frozen=True)
class Suite:
    """Tests that run together. `member` is the workspace member whose environment they need; empty is the root's.

    Tests mostly wait, for a server or for a moment to pass: three processes share a service's modules, in the order in
    which they lie there (the longest are not last); two share those of a suite whose tests start servers.
    """

    name: str
    tests: str
    member: str = ""

    @property
    def options(self) -> list[str]:
        """What pytest is told beside where the tests are."""
        if self.name == "api":  # each service's API is one long test, by itself
            return ["--numprocesses=2", "--dist=worksteal"]
        two = 2 if self.name in IN_TWO or self.member.startswith("deploy") else 0
        processes = 3 if self.member.startswith("services") else two
        return [f"--numprocesses={processes}", "--dist=loadfile", "--no-loadscope-reorder"] if processes else []


@dataclass(frozen=True)
class Outcome:
    """What one pytest run said; a run that broke off counts as one failure more."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0


def suites(root: Path = ROOT) -> list[Suite]:
    """Those that have tests: each member's, then each directory under `tests/`."""
    members = [Suite(Path(member).name, f"{member}/tests", member) for member in MEMBERS]
    shared = [Suite(path.name, f"tests/{path.name}") for path in sorted((root / "tests").iterdir()) if path.is_dir()]
    return [suite for suite in [*members, *shared] if any((root / suite.tests).rglob("test_*.py"))]


def prepare(suite: Suite) -> Path:
    """The `bin` directory of the environment that the suite needs; a member's is brought up to date."""
    if not suite.member:
        return ROOT / ".venv" / "bin"
    place = LOCAL / "venvs" / suite.name
    command = [uv(), "sync", "--quiet", "--frozen", *sync_options(ROOT / suite.member)]
    environment = without_virtualenv({**os.environ, "UV_PROJECT_ENVIRONMENT": str(place)})
    subprocess.run(command, check=True, cwd=ROOT, env=environment)  # noqa: S603
    return place / "bin"


def sync_options(member: Path) -> list[str]:
    """What makes uv install this member, its dependencies and those of its tests: not the root's `dev` group."""
    pyproject = tomllib.loads((member / "pyproject.toml").read_text(encoding="utf-8"))
    tests = ["--group=test"] if "test" in pyproject.get("dependency-groups", {}) else ["--extra=testing"]
    return [f"--package={pyproject['project']['name']}", *tests]


def without_virtualenv(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment through which no other virtual environment shines."""
    return {name: value for name, value in environment.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}


def outcome(code: int, report: Path) -> Outcome:
    """Add up pytest's report (JUnit XML). `code` is pytest's exit code."""
    if code == NO_TESTS_COLLECTED:
        return Outcome()
    if not report.exists():
        return Outcome(failed=1)
    suite = next(ET.parse(report).getroot().iter("testsuite"))  # noqa: S314 (pytest wrote it)
    tests, failures, errors, skipped = (int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped"))
    failed = failures + errors
    return Outcome(tests - failed - skipped, failed if failed or code == 0 else 1, skipped)
