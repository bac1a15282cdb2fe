# SPDX-License-Identifier: Apache-2.0
"""`/asyncapi`: the document is the one that is committed, and the page shows all of it with nothing from elsewhere."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chassis.messages import dead_letter
from chassis.records import Origin, StoredRecord
from chassis.web.asyncapi import asyncapi_router, described
from chassis.web.http_guard import CONTENT_SECURITY_POLICY
from chassis.web.schema_words import KEYWORDS, type_words, words
from chassis.yaml_text import read_yaml

COMMITTED = Path(__file__).parents[4] / "docs" / "asyncapi"
PAGES = [("/asyncapi", "routing"), ("/asyncapi/house", "house")]


@pytest.mark.parametrize("name", described())
def test_what_is_served_is_what_is_committed(name: str) -> None:
    assert described()[name] == read_yaml((COMMITTED / f"{name}.yaml").read_bytes())


@pytest.mark.parametrize(("path", "name"), PAGES)
async def test_it_is_served_as_json(make_app: Any, make_client: Any, path: str, name: str) -> None:
    async with make_client(make_app(asyncapi_router("routing"))) as client:
        assert (await client.get(f"{path}.json")).json() == described()[name]


async def test_where_the_contracts_know_no_such_service_it_is_the_house(make_app: Any, make_client: Any) -> None:
    async with make_client(make_app()) as client:
        assert (await client.get("/asyncapi.json")).json()["id"] == "urn:ventanilla:house"
        assert "Eventos de toda la casa" in (await client.get("/asyncapi")).text


@pytest.mark.parametrize(("path", "name"), PAGES)
async def test_the_page_shows_all_of_it(make_app: Any, make_client: Any, path: str, name: str) -> None:
    async with make_client(make_app(asyncapi_router("routing"))) as client:
        page = (await client.get(path)).text
    document = described()[name]
    schemas = document["components"]["schemas"]
    fields = {field for schema in schemas.values() for field in schema.get("properties", {})}
    examples = [one["headers"]["ce_id"] for one in messages(document) for one in one.get("examples", ())]
    wanted = {*document["channels"], *(one["name"] for one in messages(document)), *fields, *examples} - {"dead-letter"}
    assert sorted(one for one in wanted if one not in page) == []


@pytest.mark.parametrize(("path", "name"), PAGES)
async def test_the_page_needs_nothing_from_elsewhere_and_no_script(
    make_app: Any, make_client: Any, path: str, name: str
) -> None:
    async with make_client(make_app(asyncapi_router("routing"))) as client:
        answer = await client.get(path)
        assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert "<script" not in answer.text
        assert "style=" not in answer.text
        loaded = re.findall(r'<link [^>]*href="([^"]+)"|src="([^"]+)"', answer.text)
        assert loaded
        for asset in (one or other for one, other in loaded):
            assert (await client.get(asset)).status_code == 200, asset


@pytest.mark.parametrize(("path", "name"), PAGES)
async def test_every_link_of_the_page_leads_to_one_place_of_it(
    make_app: Any, make_client: Any, path: str, name: str
) -> None:
    async with make_client(make_app(asyncapi_router("routing"))) as client:
        page = (await client.get(path)).text
    places = re.findall(r' id="([^"]+)"', page)
    assert len(places) == len(set(places))
    assert set(re.findall(r'href="#([^"]+)"', page)) - set(places) == set()


async def test_it_speaks_the_language_of_its_reader(make_app: Any, make_client: Any) -> None:
    async with make_client(make_app(asyncapi_router("routing"))) as client:
        for language, heading in (("es", "Lo que envía"), ("en", "What it sends")):
            assert heading in (await client.get("/asyncapi", headers={"Accept-Language": language})).text


def test_a_dead_letter_has_the_headers_that_are_described() -> None:
    raw = StoredRecord("intake-cases", 3, 41, 1, b"7", b"{", (("ce_id", b"1"),))
    letter = dead_letter(raw, Origin("intake-cases", 3, 41, 1), "no JSON", service="routing", now=datetime.now(UTC))
    described_headers = described()["house"]["components"]["schemas"]["dead-letter-headers"]["properties"]
    assert [name for name, _ in letter.headers] == ["ce_id", *described_headers]
    assert letter.topic in described()["routing"]["channels"]


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({}, "anything"),
        ({"type": "boolean", "default": False}, "boolean; default false"),
        ({"type": "string", "minLength": 1, "maxLength": 9}, "string, at least 1 characters, at most 9 characters"),
        ({"type": "string", "format": "date-time"}, "string, date-time"),
        ({"type": "string", "pattern": "^a$"}, "string as ^a$"),
        ({"type": "integer", "minimum": 0, "maximum": 3}, "integer, from 0, to 3"),
        ({"type": "number", "exclusiveMinimum": 0}, "number, more than 0"),
        ({"enum": ["a", "b"], "type": "string"}, '"a" | "b"'),
        ({"const": 1}, "1"),
        ({"$ref": "#/components/schemas/Person"}, "Person"),
        ({"anyOf": [{"$ref": "#/x/Person"}, {"type": "null"}], "default": None}, "Person or null"),
        ({"type": "array", "items": {"$ref": "#/x/FileRef"}}, "array of FileRef"),
        ({"type": "array", "items": {"type": "string"}, "minItems": 1}, "array of string, at least 1"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "map of text to integer"),
        ({"type": "object", "patternProperties": {"^a": {"type": "string"}}}, "map of ^a to string"),
    ],
)
def test_a_schema_in_words(schema: dict[str, Any], said: str) -> None:
    assert "".join(word.text for word in type_words(schema)) == said


def test_the_words_know_every_keyword_that_the_events_use() -> None:
    schemas = described()["house"]["components"]["schemas"].values()
    assert {keyword for schema in schemas for keyword in keywords(schema)} - KEYWORDS == set()


def test_what_stands_between_backticks_is_code() -> None:
    said = words("Anchored at ``received_at``,\n    with `ce_seq`.")
    assert [(word.text, word.code) for word in said] == [
        ("Anchored at ", False),
        ("received_at", True),
        (", with ", False),
        ("ce_seq", True),
        (".", False),
    ]


def messages(document: dict[str, Any]) -> list[dict[str, Any]]:
    return list(document["components"]["messages"].values())


def keywords(part: Any) -> Iterator[str]:
    """Every keyword of a schema; not the names of its properties, nor what stands in values."""
    if isinstance(part, dict):
        for key, value in part.items():
            yield key
            if key not in {"default", "const", "enum", "examples"}:
                yield from keywords([*value.values()] if key in {"properties", "patternProperties"} else value)
    elif isinstance(part, list):
        for item in part:
            yield from keywords(item)
