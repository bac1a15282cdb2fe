# SPDX-License-Identifier: Apache-2.0
"""What a JSON Schema allows, in words: `string, at most 500 characters`, `array of FileRef`, `Person or null`."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Word:
    """Some text; as code, or as the name of another schema of the page."""

    text: str
    code: bool = False
    schema: bool = False


Words = tuple[Word, ...]


def words(text: str) -> Words:
    """A description, with what stands between backticks as code.

    >>> [word.text for word in words("Anchored at ``received_at`` (CNF-01).") if word.code]
    ['received_at']
    """
    parts = re.split(r"(`+)(.+?)\1", " ".join(text.split()))
    return tuple(Word(part, code=place % 3 == 2) for place, part in enumerate(parts) if place % 3 != 1 and part)


def type_words(schema: Mapping[str, Any]) -> Words:
    """What a value may be; nothing said means anything."""
    return tuple(_joined(schema)) or (Word("anything"),)


def _joined(schema: Mapping[str, Any]) -> Iterator[Word]:
    for keyword, say in _SAY.items():
        if keyword in schema:
            yield from say(schema)
            break
    if schema.get("default") is not None:
        yield from (Word("; default "), Word(_json(schema["default"]), code=True))


def _reference(schema: Mapping[str, Any]) -> Iterator[Word]:
    yield Word(schema["$ref"].rpartition("/")[2], schema=True)


def _any_of(schema: Mapping[str, Any]) -> Iterator[Word]:
    for place, one in enumerate(schema["anyOf"]):
        yield from [Word(" or ")] if place else []
        yield from type_words(one)


def _values(schema: Mapping[str, Any]) -> Iterator[Word]:
    for place, value in enumerate(schema.get("enum", [schema.get("const")])):
        yield from [Word(" | ")] if place else []
        yield Word(_json(value), code=True)


def _by_type(schema: Mapping[str, Any]) -> Iterator[Word]:
    if schema["type"] == "array":
        yield Word("array of ")
        yield from type_words(schema.get("items", {}))
        if "minItems" in schema:
            yield Word(f", at least {schema['minItems']}")
    elif schema["type"] == "object":
        yield from _map(schema)
    else:
        yield Word(", ".join([schema["type"], *_bounds(schema)]))
        if "pattern" in schema:
            yield from (Word(" as "), Word(schema["pattern"], code=True))


def _map(schema: Mapping[str, Any]) -> Iterator[Word]:
    for pattern, value in schema.get("patternProperties", {}).items():
        yield from (Word("map of "), Word(pattern, code=True), Word(" to "), *type_words(value))
    if isinstance(schema.get("additionalProperties"), Mapping):
        yield from (Word("map of text to "), *type_words(schema["additionalProperties"]))


def _bounds(schema: Mapping[str, Any]) -> Iterator[str]:
    for keyword, text in _BOUNDS.items():
        if keyword in schema:
            yield text.format(schema[keyword])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


_SAY: Mapping[str, Callable[[Mapping[str, Any]], Iterator[Word]]] = {
    "$ref": _reference,
    "anyOf": _any_of,
    "const": _values,
    "enum": _values,
    "type": _by_type,
}
_BOUNDS = {
    "format": "{}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "from {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "to {}",
}
_ELSEWHERE = {"title", "description", "properties", "required", "additionalProperties", "items", "patternProperties"}
_ELSEWHERE |= {"pattern", "default", "examples", "propertyNames", "minItems"}

KEYWORDS = {*_SAY, *_BOUNDS, *_ELSEWHERE}
"""All that can be said; a schema that uses more would be shown as if it allowed more."""
