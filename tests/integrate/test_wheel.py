# SPDX-License-Identifier: Apache-2.0
"""The contracts' wheel installs alone and holds all that an integrator needs."""

import json
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.integrate.document import ROOT

from ventanilla_local.downloads import uv
from ventanilla_local.suites import without_virtualenv

CONTRACTS = ROOT / "contracts"
PYDANTIC = {"annotated-types", "pydantic", "pydantic-core", "typing-extensions", "typing-inspection"}

TRIED = """
import json
import os
from importlib.metadata import distributions
from ventanilla_contracts import published
from ventanilla_contracts.envelope import Envelope, Malformed
from ventanilla_contracts.registry import EVENTS

message = published.examples("case-filed.v1")["email-with-pdf"]
try:
    Envelope.from_headers([("ce_specversion", b"0.3")])
except Malformed as malformed:
    refused = str(malformed)
print(json.dumps({
    "installed": sorted(one.name.lower().replace("_", "-") for one in distributions()),
    "at": published.__file__,
    "read": [message.envelope().type, message.event().case_number],
    "refused": refused,
    "topics": sorted(published.topics()),
    "schemas": sorted(published.schema(name)["$id"] for name in EVENTS),
    "examples": {name: len(published.examples(name)) for name in EVENTS},
}))
"""


def test_it_installs_with_pydantic_alone_and_reads_events_from_what_it_holds(wheel: Path, tmp_path: Path) -> None:
    environment = without_virtualenv(os.environ)
    python = tmp_path / "alone" / "bin" / "python"
    for command in (
        ["venv", "--quiet", "--python", sys.executable, str(tmp_path / "alone")],
        ["pip", "install", "--quiet", "--python", str(python), str(wheel)],
    ):
        subprocess.run([uv(), *command], check=True, cwd=tmp_path, env=environment)
    done = subprocess.run(
        [python, "-I", "-c", TRIED], capture_output=True, text=True, check=False, cwd=tmp_path, env=environment
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert set(told["installed"]) == {"ventanilla-contracts", *PYDANTIC}
    assert told["at"].startswith(str(tmp_path))
    assert told["read"] == ["case-filed.v1", "CEJ-2026-000412-2"]
    assert told["refused"] == "header ce_specversion: expected 1.0"
    assert told["topics"] == sorted(path.stem for path in (CONTRACTS / "topics").glob("*.yaml"))
    assert told["schemas"] == sorted(f"urn:ventanilla:{path.stem}" for path in (CONTRACTS / "schemas").glob("*.json"))
    assert sum(told["examples"].values()) == len(list((CONTRACTS / "examples").rglob("*.json")))
    assert 0 not in told["examples"].values()


@pytest.mark.parametrize("folder", ["topics", "schemas", "examples"])
def test_its_files_are_those_of_the_checkout(wheel: Path, folder: str) -> None:
    with ZipFile(wheel) as archive:
        held = {name: archive.read(name) for name in archive.namelist() if f"/{folder}/" in name}
    found = {f"ventanilla_contracts/{path.relative_to(CONTRACTS)}": path for path in (CONTRACTS / folder).rglob("*.*")}
    assert held.keys() == found.keys()
    assert all(held[name] == path.read_bytes() for name, path in found.items())


def test_it_says_what_it_is(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = archive.namelist()
        [metadata] = [archive.read(name).decode() for name in names if name.endswith("/METADATA")]
    assert "License-Expression: Apache-2.0" in metadata
    assert "# Contracts: what the services of Ventanilla tell each other" in metadata
    assert "ventanilla_contracts/py.typed" in names
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert (CONTRACTS / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
