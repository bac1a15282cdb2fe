# SPDX-License-Identifier: Apache-2.0
"""`generate.py` and the schemas that it keeps."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from ventanilla_contracts.registry import EVENTS

CONTRACTS = Path(__file__).parents[1]
SCHEMAS = CONTRACTS / "schemas"


def generate(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, CONTRACTS / "generate.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    return shutil.copytree(SCHEMAS, tmp_path / "schemas")


def test_every_schema_is_up_to_date() -> None:
    done = generate("--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_missing_a_stale_and_an_orphaned_schema_are_named(schemas: Path) -> None:
    (schemas / "case-closed.v1.json").unlink()
    (schemas / "case-sold.v1.json").write_text("{}", encoding="utf-8")
    stale = schemas / "case-filed.v1.json"
    stale.write_text(stale.read_text(encoding="utf-8").replace("case_number", "file_number"), encoding="utf-8")
    done = generate("--check", "--schemas", schemas)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "missing: case-closed.v1.json",
        "stale: case-filed.v1.json",
        "orphaned: case-sold.v1.json",
        "run: python contracts/generate.py",
    ]


def test_what_is_generated_passes_the_check_and_is_the_same_each_time(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "schemas"
    assert generate("--schemas", folder, "--asyncapi", tmp_path / "new" / "asyncapi").returncode == 0
    assert generate("--check", "--schemas", folder).returncode == 0
    written = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert written == {path.name: path.read_bytes() for path in SCHEMAS.iterdir()}


@pytest.mark.parametrize("event_type", EVENTS)
def test_a_schema_is_closed_and_says_what_it_describes(event_type: str) -> None:
    schema = json.loads((SCHEMAS / f"{event_type}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:ventanilla:{event_type}"
    assert schema["title"] == EVENTS[event_type].__name__
    assert schema["description"]
    assert schema["x-topic"] == EVENTS[event_type].TOPIC
    objects = [schema, *schema["$defs"].values()]
    assert all(part["additionalProperties"] is False for part in objects if part["type"] == "object")


def test_what_has_a_default_stays_optional_for_writers() -> None:
    schema = json.loads((SCHEMAS / "submission-received.v1.json").read_text(encoding="utf-8"))
    assert schema["required"] == ["actor", "channel", "external_id", "personal"]
    assert schema["$defs"]["SubmissionForm"]["required"] == ["text"]
