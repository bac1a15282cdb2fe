# SPDX-License-Identifier: Apache-2.0
"""The import rules hold, and each of them notices when it is broken."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "ventanilla_contracts": "contracts",
    "chassis": "services/chassis",
    **{name: f"services/{name}" for name in ("intake", "routing", "notifications", "satisfaction", "reporting")},
}


def lint(root: Path, search: list[Path]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, search))}
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All packages side by side, to be spoilt."""
    copy = tmp_path_factory.mktemp("house")
    for package, home in PACKAGES.items():
        shutil.copytree(
            ROOT / home / package, copy / package, ignore=shutil.ignore_patterns("__pycache__", "static", "templates")
        )
    shutil.copy(ROOT / ".importlinter", copy)
    return copy


def test_the_house_keeps_its_rules(copied: Path) -> None:
    found = lint(copied, [copied])
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize(
    ("module", "line", "rule"),
    [
        ("routing/seeded.py", "import intake", "no service knows another"),
        ("chassis/seeded.py", "import reporting", "no service knows another"),
        ("ventanilla_contracts/seeded.py", "import chassis", "no service knows another"),
        ("routing/domain/seeded.py", "import chassis.mongo", "A domain is pure"),
        ("intake/domain/seeded.py", "import asyncio", "A domain is pure"),
        ("satisfaction/domain/seeded.py", "from random import random", "A domain is pure"),
        ("ventanilla_contracts/seeded.py", "import yaml", "Contracts are pydantic"),
        ("routing/seeded.py", "import motor", "The database driver"),
        ("chassis/seeded.py", "from motor.motor_asyncio import AsyncIOMotorClient", "The database driver"),
        ("chassis/timers.py", "import chassis.operating.gaps", "What delivers knows neither"),
        ("chassis/fold.py", "from chassis.web.problems import Problem", "What delivers knows neither"),
    ],
)
def test_a_broken_rule_is_named(copied: Path, module: str, line: str, rule: str) -> None:
    seeded = copied / module
    before = seeded.read_text() if seeded.exists() else None
    seeded.write_text(f"{before or ''}\n{line}\n")
    try:
        found = lint(copied, [copied])
    finally:
        seeded.unlink() if before is None else seeded.write_text(before)
    assert found.returncode != 0
    broken = found.stdout.partition("Broken contracts")[2].replace("\n", " ")
    assert rule in broken
