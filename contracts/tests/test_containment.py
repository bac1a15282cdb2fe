# SPDX-License-Identifier: Apache-2.0
"""What a reader refuses of what a writer may send: by table, and never wrongly "nothing" (property)."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from evolution.containment import refusals
from evolution.reading import Unreadable

TEXT: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "number"}
NULLABLE: dict[str, Any] = {"anyOf": [{"type": "string", "maxLength": 5}, {"type": "null"}]}


def closed(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def said(writer: Any, reader: Any) -> list[str]:
    return [f"{one.path}: {one.said}" for one in refusals(writer, reader)]


NODE = {
    "$ref": "#/$defs/Node",
    "$defs": {"Node": closed(next={"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]}, value=TEXT)},
}
SHORTER = {
    "$ref": "#/$defs/Node",
    "$defs": {
        "Node": closed(next={"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]}, value={**TEXT, "maxLength": 3})
    },
}


@pytest.mark.parametrize(
    ("writer", "reader"),
    [
        (TEXT, {}),
        (TEXT, True),
        (False, TEXT),
        ({"type": "integer"}, NUMBER),
        ({"type": "number", "multipleOf": 2}, {"type": "integer"}),
        ({**TEXT, "minLength": 3, "maxLength": 4}, {**TEXT, "minLength": 2, "maxLength": 5}),
        ({"type": "integer", "exclusiveMinimum": 1}, {"type": "integer", "minimum": 1}),
        ({"type": "integer", "multipleOf": 6}, {"type": "integer", "multipleOf": 3}),
        ({"enum": ["a", "b"]}, {"enum": ["b", "a", "c"]}),
        ({"const": "a"}, {**TEXT, "maxLength": 1}),
        ({"type": "boolean"}, {"enum": [True, False]}),
        ({**TEXT, "enum": ["abc", "a"], "maxLength": 2}, {"const": "a"}),
        (TEXT, NULLABLE | {"anyOf": [TEXT, {"type": "null"}]}),
        ({"type": ["string", "null"]}, {"oneOf": [{"type": "null"}, TEXT]}),
        (closed(("a",), a=TEXT), closed(a=TEXT, b=TEXT)),
        (closed(a=TEXT), {"type": "object", "propertyNames": {"maxLength": 1}}),
        (closed(a=TEXT), {"type": "object", "patternProperties": {"^a$": TEXT}}),
        (closed(a=TEXT, b=TEXT), {"type": "object", "maxProperties": 2}),
        (closed(("a", "b"), a=TEXT, b=TEXT), {"type": "object", "minProperties": 2, "dependentRequired": {"a": ["b"]}}),
        (
            {"type": "array", "items": TEXT, "maxItems": 2},
            {"type": "array", "prefixItems": [TEXT, TEXT], "items": False},
        ),
        ({"type": "array", "maxItems": 1}, {"type": "array", "uniqueItems": True}),
        ({"not": NUMBER}, {"not": {"type": "integer"}}),
        ({"allOf": [closed(a=TEXT), {"required": ["a"]}]}, closed(("a",), a=TEXT)),
        (NODE, NODE),
        (SHORTER, NODE),
    ],
)
def test_nothing_is_refused(writer: Any, reader: Any) -> None:
    assert said(writer, reader) == []


@pytest.mark.parametrize(
    ("writer", "reader", "expected"),
    [
        (TEXT, NUMBER, ["$: string is refused, expected number"]),
        (TEXT, False, ["$: nothing is accepted"]),
        (NUMBER, {"type": "integer"}, ["$: number is refused, expected integer"]),
        (TEXT, {**TEXT, "maxLength": 5}, ["$: at most 5 (maxLength), more may come"]),
        (TEXT, {**TEXT, "minLength": 1}, ["$: minLength 1 is required, 0 may come"]),
        (TEXT, {**TEXT, "pattern": "^a"}, ["$: pattern ^a is required, it was free"]),
        (TEXT, {**TEXT, "format": "uuid"}, ["$: format uuid is required, it was free"]),
        (NUMBER, {"type": "number", "minimum": 0}, ["$: below minimum 0 is refused"]),
        (
            {"type": "number", "maximum": 5},
            {"type": "number", "exclusiveMaximum": 5},
            ["$: above exclusiveMaximum 5 is refused"],
        ),
        (NUMBER, {"type": "number", "multipleOf": 2}, ["$: only multiples of 2 are accepted"]),
        ({"enum": ["a", "b"]}, {"enum": ["a"]}, ['$: "b" is refused']),
        (TEXT, {"enum": ["a"]}, ['$: only "a" is accepted']),
        (NULLABLE, TEXT, ["$: null is refused, expected string"]),
        (closed(a=TEXT), closed(("a",), a=TEXT), ["$.a: is required"]),
        (closed(a=closed(b=TEXT)), closed(a=closed(b=NUMBER)), ["$.a.b: string is refused, expected number"]),
        (closed(a=TEXT), closed(), ["$.a: is not accepted"]),
        ({"type": "object"}, closed(), ["$.*: is not accepted"]),
        (
            closed(a=TEXT, b=TEXT),
            {"type": "object", "dependentRequired": {"a": ["b"]}},
            ["$.b: is required where a is"],
        ),
        (
            {"type": "array", "items": {"$ref": "#/$defs/T"}, "$defs": {"T": TEXT}},
            {"type": "array", "items": NUMBER},
            ["$[]: string is refused, expected number"],
        ),
        ({"type": "array"}, {"type": "array", "uniqueItems": True}, ["$: uniqueItems is required"]),
        ({"type": "array"}, {"type": "array", "contains": TEXT}, ['$: 1 of them must be {"type": "string"}']),
        ({}, {"not": TEXT, "type": "string"}, None),
        (NODE, SHORTER, [f"$.{at}: at most 3 (maxLength), more may come" for at in ("next.value", "value")]),
    ],
)
def test_what_is_refused_is_named_where_it_stands(writer: Any, reader: Any, expected: list[str] | None) -> None:
    found = said(writer, reader)
    assert found
    assert expected is None or found == expected


@pytest.mark.parametrize("reference", ["#/$defs/Nothing", "#nothing", "urn:nothing"])
def test_a_reference_to_nothing_is_said(reference: str) -> None:
    with pytest.raises(Unreadable, match="nothing is there"):
        refusals({"$ref": reference}, TEXT)


LIMITS = st.integers(0, 3)
NAMES = st.sampled_from(["a", "b"])


def _optional(**keywords: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=keywords)


def _typed(kind: str, **keywords: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return _optional(**keywords).map(lambda found: {"type": kind, **found})


def _larger(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    objects = _typed(
        "object",
        properties=st.dictionaries(NAMES, inner, max_size=2),
        required=st.lists(NAMES, max_size=2, unique=True),
        additionalProperties=inner,
        patternProperties=st.dictionaries(st.sampled_from(["^a", "b$"]), inner, max_size=1),
        propertyNames=_typed("string", maxLength=LIMITS),
        dependentRequired=st.dictionaries(NAMES, st.lists(NAMES, max_size=1), max_size=1),
        minProperties=LIMITS,
        maxProperties=LIMITS,
    )
    arrays = _typed(
        "array",
        items=inner,
        prefixItems=st.lists(inner, min_size=1, max_size=2),
        minItems=LIMITS,
        maxItems=LIMITS,
        uniqueItems=st.booleans(),
        contains=inner,
    )
    several = st.lists(inner, min_size=1, max_size=2)
    combined = _optional(anyOf=several, allOf=several) | st.builds(lambda one: {"not": one}, inner)
    return objects | arrays | combined


SCHEMAS = st.recursive(
    st.booleans()
    | _typed("string", minLength=LIMITS, maxLength=LIMITS, pattern=st.sampled_from(["a", "^b"]))
    | _typed("integer", minimum=LIMITS, exclusiveMaximum=LIMITS, multipleOf=st.integers(1, 3))
    | _typed("number", maximum=LIMITS)
    | st.sampled_from([{"type": "null"}, {"type": "boolean"}, {"type": ["string", "null"]}])
    | st.lists(st.sampled_from(["a", "ab", 1, True, None]), min_size=1, max_size=3).map(lambda some: {"enum": some}),
    _larger,
    max_leaves=6,
)
VALUES = st.recursive(
    st.sampled_from([None, True, False, 0, 1, 2, 3, 1.5, "", "a", "b", "ab", "bab"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.just("ab"), inner, max_size=3),
    max_leaves=4,
)


@settings(max_examples=150)
@given(writer=SCHEMAS, reader=SCHEMAS, values=st.lists(VALUES, min_size=5, max_size=15))
def test_what_is_said_to_be_accepted_is_accepted(writer: Any, reader: Any, values: list[Any]) -> None:
    if refusals(writer, reader):
        return
    sends, reads = Draft202012Validator(writer), Draft202012Validator(reader)
    assert [value for value in values if sends.is_valid(value) and not reads.is_valid(value)] == []
