# SPDX-License-Identifier: Apache-2.0
"""AsyncAPI's own parser reads docs/asyncapi without complaint, and complains of what is wrong."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from ventanilla_local.machine import OLDEST_NODE, node_version
from ventanilla_local.node_packages import node_packages

NODE_FITS = shutil.which("npm") is not None and (node_version() or 0) >= OLDEST_NODE
pytestmark = pytest.mark.skipif(not NODE_FITS, reason=f"no Node {OLDEST_NODE} or newer with npm here")

HERE = Path(__file__).parent
DOCUMENTS = sorted((HERE.parents[1] / "docs" / "asyncapi").glob("*.yaml"))
PARSER = HERE / "asyncapi_parser"

SPOILT = {
    "channels/satisfaction-checks/bindings/kafka/partitions": "twelve",
    "operations/satisfaction-receive-intake-cases/action": "listen",
    "operations/satisfaction-receive-routing-cases/channel/$ref": "#/channels/moods",
    "contentType": "application/json",  # a field that AsyncAPI does not know
}
"""Where a document is spoilt, and what stands there then."""

Said = dict[str, Any]


def read(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


def spoil(document: Any) -> Any:
    for place, wrong in SPOILT.items():
        *steps, last = place.split("/")
        part = document
        for step in steps:
            part = part[step]
        part[last] = wrong
    return document


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Said]:
    """What the parser says of each document by its name, and of a spoilt copy."""
    spoilt = tmp_path_factory.mktemp("spoilt") / "spoilt.yaml"
    spoilt.write_text(json.dumps(spoil(read(DOCUMENTS[-1]))), encoding="utf-8")
    files = {path.stem: path for path in [*DOCUMENTS, spoilt]}
    environment = {**os.environ, "NODE_PATH": str(node_packages(PARSER))}
    command = ["node", "--max-semi-space-size=64", str(PARSER / "validate.cjs"), *map(str, files.values())]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    answers = json.loads(done.stdout)
    return {name: answers[str(path)] for name, path in files.items()}


def of_severity(said: Said, *severities: str) -> list[str]:
    return [f"{one['path']}: {one['message']}" for one in said["diagnostics"] if one["severity"] in severities]


@pytest.mark.parametrize("name", [path.stem for path in DOCUMENTS])
def test_the_parser_finds_no_error_and_nothing_to_warn_of(said: dict[str, Said], name: str) -> None:
    assert of_severity(said[name], "error", "warning") == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_it_reads_what_python_reads(said: dict[str, Said], path: Path) -> None:
    document = read(path)
    assert said[path.stem]["read"] == document
    assert said[path.stem]["found"] == {
        "channels": len(document["channels"]),
        "operations": len(document["operations"]),
        "messages": len(document["components"]["messages"]),
    }


def test_it_refuses_a_spoilt_document_and_names_each_fault(said: dict[str, Said]) -> None:
    errors = {one["path"] for one in said["spoilt"]["diagnostics"] if one["severity"] == "error"}
    assert errors >= SPOILT.keys()
    assert said["spoilt"]["found"] is None
