# SPDX-License-Identifier: Apache-2.0
"""The journey that users run against containers: standard library only, and loud when it cannot go on."""

import ast
import json
import subprocess
import sys
from pathlib import Path

from ventanilla_local.services import SERVICES

ROOT = Path(__file__).resolve().parents[2]
JOURNEY = ROOT / "deploy" / "compose" / "journey"
READ = (
    "import json, sys; from deploy.compose.journey.doors import PORTS, read_logins;"
    "print(json.dumps([PORTS, read_logins(sys.stdin.read())]))"
)


def python(*words: str, said: str = "") -> subprocess.CompletedProcess[str]:
    """Run from the root of the repository, as the documentation says."""
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=ROOT, input=said, capture_output=True, text=True, check=False, timeout=240)


def test_it_reads_the_logins_as_they_are_printed(tmp_path: Path) -> None:
    printed = python("-m", "chassis", "staff", "init", "--out", str(tmp_path / "staff.yaml")).stdout
    ports, logins = json.loads(python("-c", READ, said=f"topics are there\n{printed}").stdout)
    assert ports == SERVICES
    assert {"agent", "caller", "manager", "channel-system"} <= logins.keys()
    assert logins["agent"]["email"].endswith("@example.org")
    assert logins["agent"]["token"].startswith("vnt_")


def test_without_logins_it_says_so_and_ends_with_1(tmp_path: Path) -> None:
    table = tmp_path / "log.txt"
    table.write_text("The staff file is there already\n", "utf-8")
    done = python("-m", "deploy.compose.journey", str(table))
    assert done.returncode == 1
    assert "FAILED  no logins" in done.stderr


def test_it_needs_nothing_but_the_standard_library() -> None:
    trees = [ast.parse(file.read_text("utf-8")) for file in JOURNEY.glob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names
