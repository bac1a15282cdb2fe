# SPDX-License-Identifier: Apache-2.0
"""AsyncAPI of the house and of each service: what topics, events and examples say, and nothing else."""

import runpy
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from jsonschema import Draft7Validator

from ventanilla_contracts.asyncapi import Document, Sources, documents
from ventanilla_contracts.asyncapi.messages import EXAMPLES
from ventanilla_contracts.asyncapi.payloads import united
from ventanilla_contracts.event_schema import Schema, schema
from ventanilla_contracts.registry import EVENTS
from ventanilla_contracts.topics import Service

CONTRACTS = Path(__file__).parents[1]
COMMITTED = CONTRACTS.parent / "docs" / "asyncapi"
GENERATE = runpy.run_path(str(CONTRACTS / "generate.py"))
SOURCES: Sources = GENERATE["sources"]()
DOCUMENTS = documents(SOURCES)

each_document = pytest.mark.parametrize("name", DOCUMENTS)


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for item in part:
            yield from references(item)


def at(document: Document, reference: str) -> Any:
    """What a reference points to. Raises KeyError."""
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def inlined(part: Any, document: Document) -> Any:
    """The same without references."""
    if isinstance(part, dict):
        target = at(document, part["$ref"]) if "$ref" in part else {}
        rest = {key: inlined(value, document) for key, value in part.items() if key != "$ref"}
        return {**inlined(target, document), **rest} if target else rest
    return [inlined(item, document) for item in part] if isinstance(part, list) else part


def messages(document: Document) -> dict[str, Any]:
    return dict(inlined(document["components"]["messages"], document))


def faults_of(message: dict[str, Any], headers: dict[str, str], payload: object) -> list[str]:
    found = [*Draft7Validator(message["headers"]).iter_errors(headers)]
    return [fault.message for fault in [*found, *Draft7Validator(message["payload"]).iter_errors(payload)]]


def done(document: Document, action: str) -> set[str]:
    """The topics with which this is done."""
    return {
        str(at(document, one["channel"]["$ref"])["address"])
        for one in document["operations"].values()
        if one["action"] == action
    }


def test_a_missing_a_stale_and_an_orphaned_document_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shutil.copytree(COMMITTED, tmp_path / "asyncapi")
    (folder / "routing.yaml").unlink()
    (folder / "billing.yaml").write_text("asyncapi: 3.0.0\n", encoding="utf-8")
    stale = folder / "house.yaml"
    stale.write_text(stale.read_text(encoding="utf-8").replace("partitions: 12", "partitions: 6"), encoding="utf-8")
    assert GENERATE["main"](["--check", "--asyncapi", str(folder)]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "missing: routing.yaml",
        "stale: house.yaml",
        "orphaned: billing.yaml",
        "run: python contracts/generate.py",
    ]


def test_there_is_one_of_the_house_and_one_of_each_service() -> None:
    assert set(DOCUMENTS) == {"house", *get_args(Service)}
    assert {path.stem for path in COMMITTED.glob("*.yaml")} == set(DOCUMENTS)


@each_document
def test_what_is_committed_is_read_back_as_it_was_made(name: str) -> None:
    text = (COMMITTED / f"{name}.yaml").read_text(encoding="utf-8")
    assert yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) == DOCUMENTS[name]  # noqa: S506


def test_it_is_written_alike_where_libyaml_is_missing() -> None:
    class Plain(yaml.SafeDumper):
        ignore_aliases = GENERATE["_Dumper"].ignore_aliases

    Plain.add_representer(str, GENERATE["_text_node"])
    assert GENERATE["yaml_text"](DOCUMENTS["notifications"], Plain) == GENERATE["yaml_text"](DOCUMENTS["notifications"])


@pytest.mark.parametrize("text", ["1e3", "12e4567890123456", "0o14", "-.inf", "1_000", "2026-03-02", "0123", "+1"])
def test_no_text_is_written_as_a_reader_of_yaml_1_2_would_take_it_for_a_number(text: str) -> None:
    assert GENERATE["yaml_text"]({"sum": text}).splitlines()[-1] == f'sum: "{text}"'


@each_document
def test_every_reference_leads_somewhere_and_every_component_is_referred_to(name: str) -> None:
    document = DOCUMENTS[name]
    used = set(references(document))
    assert [at(document, reference) for reference in used]
    components = {f"#/components/{kind}/{one}" for kind, found in document["components"].items() for one in found}
    assert components - used == set()


@each_document
def test_a_payload_is_the_closed_schema_of_its_event(name: str) -> None:
    for event_type, message in messages(DOCUMENTS[name]).items():
        if event_type in EVENTS:
            alone = schema(EVENTS[event_type])
            whole = inlined(alone, alone)
            expected = {key: value for key, value in whole.items() if key not in {"$schema", "$id", "$defs", "x-topic"}}
            assert message["payload"] == expected
            assert message["payload"]["additionalProperties"] is False


@each_document
def test_examples_fit_the_headers_and_the_payload_they_are_of(name: str) -> None:
    for message in messages(DOCUMENTS[name]).values():
        for example in message.get("examples", ()):
            assert faults_of(message, example["headers"], example["payload"]) == []


def test_every_event_has_one_or_two_examples_in_the_house() -> None:
    counted = {name: len(one["examples"]) for name, one in messages(DOCUMENTS["house"]).items() if name in EVENTS}
    assert counted.keys() == EVENTS.keys()
    assert set(counted.values()) <= set(range(1, EXAMPLES + 1))


@pytest.mark.parametrize(
    ("header", "text", "fault"),
    [
        ("ce_type", "case-closed.v1", "'case-filed.v1' was expected"),
        ("ce_source", "/routing", "'/intake' was expected"),
        ("ce_seq", "0", "'0' does not match"),
        ("ce_seen", "routing-cases", "'routing-cases' does not match"),
        ("traceparent", "00-1-2-01", "'00-1-2-01' does not match"),
        ("ce_specversion", "0.3", "'1.0' was expected"),
    ],
)
def test_headers_that_no_writer_may_send_do_not_fit(header: str, text: str, fault: str) -> None:
    message = messages(DOCUMENTS["house"])["case-filed.v1"]
    example = message["examples"][0]
    (found,) = faults_of(message, {**example["headers"], header: text}, example["payload"])
    assert fault in found


def test_a_counted_event_without_its_count_does_not_fit_and_a_payload_with_more_does_neither() -> None:
    message = messages(DOCUMENTS["house"])["case-filed.v1"]
    example = message["examples"][0]
    headers = {name: text for name, text in example["headers"].items() if name != "ce_seq"}
    found = faults_of(message, headers, {**example["payload"], "mood": "angry"})
    assert [fault.partition("(")[2] for fault in found] == ["", "'mood' was unexpected)"]
    assert "'ce_seq' is a required property" in found


@pytest.mark.parametrize("service", get_args(Service))
def test_a_service_sends_and_receives_what_the_topics_say(service: str) -> None:
    specs = SOURCES.topics.values()
    read = {spec.name for spec in specs if service in spec.consumers}
    set_aside = {f"{spec.name}-{service}-dlq" for spec in specs if service in spec.consumers and spec.dead_letters}
    assert done(DOCUMENTS[service], "receive") == read
    assert done(DOCUMENTS[service], "send") == set_aside | {spec.name for spec in specs if spec.producer == service}


def test_channel_systems_send_submissions_and_intake_receives_them() -> None:
    operations = DOCUMENTS["house"]["operations"]
    of_submissions = {
        name: one["tags"][0]["name"]
        for name, one in operations.items()
        if one["channel"]["$ref"] == "#/channels/channel-submissions"
    }
    assert of_submissions == {
        "channel-systems-send-channel-submissions": "channel systems",
        "intake-receive-channel-submissions": "intake",
    }


def test_a_channel_says_how_its_topic_is_laid_out() -> None:
    for spec in SOURCES.topics.values():
        kafka = DOCUMENTS["house"]["channels"][spec.name]["bindings"]["kafka"]
        assert kafka["partitions"] == spec.partitions
        assert {name: str(value) for name, value in kafka["topicConfiguration"].items()} == spec.config


def test_what_each_service_says_of_itself_names_only_those_who_may_say_it() -> None:
    def sources_of(name: str) -> Any:
        return messages(DOCUMENTS[name])["store-counted.v1"]["headers"]["properties"]["ce_source"]

    assert sources_of("routing") == {"type": "string", "const": "/routing"}
    assert set(sources_of("reporting")["enum"]) == {f"/{service}" for service in get_args(Service)}


def test_the_schemas_say_nothing_that_asyncapi_does_not_read() -> None:
    """Its own format is a superset of draft 07; ours are written as 2020-12."""
    later = {"$defs", "$dynamicRef", "$anchor", "$id", "prefixItems", "dependentSchemas", "dependentRequired"}
    later |= {"unevaluatedItems", "unevaluatedProperties", "minContains", "maxContains"}

    def keywords(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            for key, value in part.items():
                yield key
                yield from keywords([*value.values()] if key in {"properties", "patternProperties"} else value)
        elif isinstance(part, list):
            for item in part:
                yield from keywords(item)

    for found in DOCUMENTS["house"]["components"]["schemas"].values():
        Draft7Validator.check_schema(found)
        assert not later & set(keywords(found))


def _event(person: Schema, **parts: Schema) -> Schema:
    return {"properties": {"who": {"$ref": "#/$defs/Person"}}, "$defs": {"Person": person, **parts}}


def test_parts_that_are_the_same_are_shared_and_those_that_only_have_one_name_are_not() -> None:
    same = _event({"type": "object"})
    assert set(united({"a.v1": same, "b.v1": same})) == {"a.v1", "b.v1", "Person"}
    apart = united({"a.v1": same, "b.v1": _event({"type": "string"})})
    assert set(apart) == {"a.v1", "b.v1", "a.v1.Person", "b.v1.Person"}
    assert apart["b.v1"]["properties"]["who"] == {"$ref": "#/components/schemas/b.v1.Person"}


def test_parts_that_refer_to_different_things_are_not_the_same() -> None:
    person: Schema = {"properties": {"home": {"$ref": "#/$defs/Home"}}}
    apart = united({f"{kind}.v1": _event(person, Home={"type": kind}) for kind in ("string", "object")})
    assert {name for name in apart if "Person" in name} == {"string.v1.Person", "object.v1.Person"}
    assert apart["object.v1.Person"]["properties"]["home"] == {"$ref": "#/components/schemas/object.v1.Home"}
