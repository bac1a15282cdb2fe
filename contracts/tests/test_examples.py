# SPDX-License-Identifier: Apache-2.0
"""The golden examples: each is what a writer sends and what a reader reads, and every event has one."""

import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import JsonValue

from ventanilla_contracts.envelope import MAX_EVENT_BYTES
from ventanilla_contracts.example import Example
from ventanilla_contracts.registry import EVENTS, event_name

CONTRACTS = Path(__file__).parents[1]
EXAMPLES = CONTRACTS / "examples"
SCHEMAS = CONTRACTS / "schemas"
PATHS = sorted(EXAMPLES.rglob("*.json"))

OF_ONE_PERSON = {"name", "email", "phone", "document_number", "address", "tracking_code", "text", "to", "summary"}

each_example = pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.relative_to(EXAMPLES)))


def read(path: Path) -> Example:
    return Example.model_validate_json(path.read_bytes())


def type_at(path: Path) -> str:
    """The event type that a path <event>/vN/<name>.json stands for."""
    return f"{path.parts[-3]}.{path.parts[-2]}"


def without_example(folder: Path) -> set[str]:
    return set(EVENTS) - {type_at(path) for path in folder.glob("*/v*/*.json")}


def orphans(folder: Path) -> set[str]:
    """Files that are no example of an event of ours."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {
        str(path.relative_to(folder))
        for path in files
        if len(path.relative_to(folder).parts) != 3 or path.suffix != ".json" or type_at(path) not in EVENTS
    }


def schema_of(event_type: str) -> Draft202012Validator:
    formats = FormatChecker()
    formats.checks("date-time", raises=ValueError)(is_instant)
    schema = json.loads((SCHEMAS / f"{event_type}.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema, format_checker=formats)


def is_instant(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def words_of_a_person(value: JsonValue, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for inner_name, inner in value.items():
            yield from words_of_a_person(inner, inner_name)
    elif isinstance(value, list):
        for inner in value:
            yield from words_of_a_person(inner, name)
    elif isinstance(value, str) and value and name in OF_ONE_PERSON:
        yield value


def spilled(example: Example) -> list[str]:
    """What stands in `personal` and elsewhere in the same message too."""
    rest = {name: part for name, part in example.value.items() if name != "personal"}
    elsewhere = json.dumps([example.key, example.headers, rest], ensure_ascii=False)
    return [words for words in words_of_a_person(example.value.get("personal", {})) if words in elsewhere]


@each_example
def test_it_lies_where_its_type_says(path: Path) -> None:
    envelope = read(path).envelope()
    assert envelope.type == type_at(path)
    assert event_name(envelope.type) == (path.parts[-3], int(path.parts[-2][1:]))


@each_example
def test_it_is_decoded_by_the_class_of_its_type(path: Path) -> None:
    example = read(path)
    assert type(example.event()) is EVENTS[example.envelope().type]


@each_example
def test_it_goes_out_as_it_came_in(path: Path) -> None:
    example = read(path)
    assert json.loads(example.event().model_dump_json(exclude_unset=True)) == example.value
    assert {name: value.decode() for name, value in example.envelope().headers()} == example.headers


@each_example
def test_it_fits_the_committed_schema_of_its_writer(path: Path) -> None:
    example = read(path)
    faults = [fault.message for fault in schema_of(example.envelope().type).iter_errors(example.value)]
    assert faults == []


@each_example
def test_its_key_is_its_subject_and_it_is_small_enough(path: Path) -> None:
    example = read(path)
    assert example.key == example.envelope().subject
    assert len(example.raw_value()) <= MAX_EVENT_BYTES


@each_example
def test_what_is_personal_stands_in_one_field(path: Path) -> None:
    assert spilled(read(path)) == []


def test_what_is_said_of_a_person_elsewhere_is_found() -> None:
    example = read(EXAMPLES / "case-filed" / "v1" / "email-with-pdf.json")
    seeded = {**example.value, "segment": "Familia de María Fernanda Ospina Giraldo"}
    assert spilled(example.model_copy(update={"value": seeded})) == ["María Fernanda Ospina Giraldo"]


def test_every_event_has_an_example() -> None:
    assert without_example(EXAMPLES) == set()


def test_an_event_without_example_is_found(tmp_path: Path) -> None:
    folder = shutil.copytree(EXAMPLES, tmp_path / "examples")
    shutil.rmtree(folder / "case-closed")
    assert without_example(folder) == {"case-closed.v1"}


def test_no_example_is_an_orphan() -> None:
    assert orphans(EXAMPLES) == set()


@pytest.mark.parametrize(
    "name",
    ["case-filed/v9/email.json", "case-sold/v1/a.json", "case-filed/v1/notes.txt", "case-filed/v1/a/b.json", "a.json"],
)
def test_an_orphaned_example_is_found(tmp_path: Path, name: str) -> None:
    folder = shutil.copytree(EXAMPLES, tmp_path / "examples")
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("{}", encoding="utf-8")
    assert orphans(folder) == {name}


@pytest.mark.parametrize(
    ("seeded", "fault"),
    [
        ({"mood": "angry"}, "'mood' was unexpected"),
        ({"received_at": "2026-03-02T10:15:00"}, "is not a 'date-time'"),
        ({"channel": "pigeon"}, "'pigeon' is not one of"),
        ({"case_number": None}, "None is not of type 'string'"),
    ],
)
def test_the_schema_refuses_what_a_writer_must_not_send(seeded: dict[str, JsonValue], fault: str) -> None:
    example = read(EXAMPLES / "case-filed" / "v1" / "email-with-pdf.json")
    faults = [error.message for error in schema_of("case-filed.v1").iter_errors({**example.value, **seeded})]
    assert len(faults) == 1
    assert fault in faults[0]
