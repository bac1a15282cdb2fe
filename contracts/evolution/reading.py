# SPDX-License-Identifier: Apache-2.0
"""A JSON Schema taken apart: references followed, alternatives listed, each of one type (2020-12, and draft 4 to 7).

Where two schemas must both hold and cannot be written as one, what is left says less than both: as a writer it may send
more than it would. So nothing that can be sent is overlooked.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TYPES = ("null", "boolean", "object", "array", "number", "string")
ALTERNATIVES = ("anyOf", "oneOf")
MOST_ALTERNATIVES = 256
"""A schema that has more, all multiplied out, is not compared (Unreadable)."""


class Unreadable(ValueError):
    """The schema refers to what is not there, or has too many alternatives."""


@dataclass(frozen=True)
class Schema:
    """A schema and the document in which its references are looked up."""

    raw: Any
    root: Any

    @classmethod
    def of(cls, document: Any) -> "Schema":
        return cls(document, document)

    def at(self, raw: Any) -> "Schema":
        return Schema(raw, self.root)

    @property
    def keywords(self) -> Mapping[str, Any]:
        """Those of this schema; ``true`` says nothing, ``false`` excludes everything."""
        if isinstance(self.raw, bool):
            return {} if self.raw else {"not": {}}
        return self.raw  # type: ignore[no-any-return]

    @property
    def refuses_all(self) -> bool:
        return self.raw is False or self.keywords.get("not") in ({}, True)

    def conjuncts(self) -> Iterator["Schema"]:
        """Schemas without ``$ref`` and ``allOf`` that must all hold."""
        found = dict(self.keywords)
        reference = found.pop("$ref", None)
        if reference is not None:
            yield from self.at(_looked_up(self.root, reference)).conjuncts()
        for one in found.pop("allOf", ()):
            yield from self.at(one).conjuncts()
        if found or reference is None:
            yield self.at(found)

    @property
    def kinds(self) -> Sequence[str]:
        """The types that it names; all if it names none."""
        return _types(self.keywords)

    def parts(self) -> list["Schema"]:
        """Of one type each, without ``$ref``, ``allOf``, ``anyOf``, ``oneOf``: what is valid here fits one of them."""
        return [part for part in self._alternatives() if not part.refuses_all]

    def _alternatives(self) -> list["Schema"]:
        parts = [self.at({})]
        for conjunct in self.conjuncts():
            for branch in ALTERNATIVES:
                if branch in conjunct.keywords:
                    parts = _crossed(parts, [part for one in conjunct.raw[branch] for part in self.at(one).parts()])
            rest = {name: value for name, value in conjunct.raw.items() if name not in ALTERNATIVES}
            parts = _crossed(parts, [self.at({**rest, "type": kind}) for kind in _types(rest)])
        return parts


def _crossed(some: Sequence[Schema], others: Sequence[Schema]) -> list[Schema]:
    """Each of some together with each of the others, where both can hold."""
    if len(some) * len(others) > MOST_ALTERNATIVES:
        raise Unreadable(f"more than {MOST_ALTERNATIVES} alternatives")
    return [both for one in some for other in others if (both := _both(one, other)) is not None]


def _both(one: Schema, other: Schema) -> Schema | None:
    """None where the types exclude each other."""
    a, b = one.keywords, other.keywords
    kinds = {a.get("type", b.get("type")), b.get("type", a.get("type"))}
    if len(kinds) > 1 and kinds != {"integer", "number"}:
        return None
    kind = "integer" if "integer" in kinds else next(iter(kinds))
    merged = {**a, **b}
    for name in a.keys() & b.keys() - {"type"}:
        merged[name] = _JOINED.get(name, _last)(a[name], b[name])
    _share_properties(merged, a, b)
    _share_items(merged, a, b)
    if kind is not None:
        merged["type"] = kind
    return one.at(merged)


def _share_properties(merged: dict[str, Any], a: Mapping[str, Any], b: Mapping[str, Any]) -> None:
    """Each property must please both; what only one names falls under the other's ``additionalProperties``."""
    if named := {**a.get("properties", {}), **b.get("properties", {})}:
        merged["properties"] = {name: _joined(at_name(a, name), at_name(b, name)) for name in named}
    if a.get("patternProperties", {}) == b.get("patternProperties", {}):
        if "additionalProperties" in merged:
            merged["additionalProperties"] = _joined(_others(a), _others(b))
    elif not any(_others(one) is True and "patternProperties" not in one for one in (a, b)):
        merged.pop("patternProperties")
        merged.pop("additionalProperties", None)


def _others(keywords: Mapping[str, Any]) -> Any:
    return keywords.get("additionalProperties", True)


def _share_items(merged: dict[str, Any], a: Mapping[str, Any], b: Mapping[str, Any]) -> None:
    if a.get("prefixItems") != b.get("prefixItems") or isinstance(merged.get("items"), list):
        for keyword in ("prefixItems", "items", "additionalItems") if "items" in a and "items" in b else ():
            merged.pop(keyword, None)
    holder = a if "contains" in a else b
    for keyword in ("contains", "minContains"):
        if keyword in merged and keyword not in holder:
            merged.pop(keyword)
        elif keyword in merged:
            merged[keyword] = holder[keyword]


def at_name(keywords: Mapping[str, Any], name: str) -> Any:
    """The schema of a property by this name."""
    found = [keywords["properties"][name]] if name in keywords.get("properties", {}) else []
    found += [raw for pattern, raw in keywords.get("patternProperties", {}).items() if re.search(pattern, name)]
    if not found:
        return keywords.get("additionalProperties", keywords.get("unevaluatedProperties", True))
    return found[0] if len(found) == 1 else {"allOf": found}


def _joined(one: Any, other: Any) -> Any:
    if one is True or one == other:
        return other
    return one if other is True else {"allOf": [one, other]}


def _last(_: Any, other: Any) -> Any:
    return other


_JOINED: Mapping[str, Callable[[Any, Any], Any]] = {
    "required": lambda a, b: [*a, *(name for name in b if name not in a)],
    "enum": lambda a, b: [value for value in a if value in b],
    "not": lambda a, b: {} if {} in (a, b) else {"anyOf": [a, b]},
    "pattern": lambda a, b: a if a == b else f"(?=.*(?:{a}))(?=.*(?:{b}))",
    "items": _joined,
    **dict.fromkeys(("minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum"), max),
    **dict.fromkeys(("maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum"), min),
}


def _types(keywords: Mapping[str, Any]) -> Sequence[str]:
    stated = keywords.get("type")
    if isinstance(stated, list):
        return [kind for kind in stated if not (kind == "integer" and "number" in stated)]
    return TYPES if stated is None else [stated]


def _looked_up(root: Any, reference: str) -> Any:
    """Within the document: ``#``, ``#/a/b``, ``#anchor``."""
    if not reference.startswith("#"):
        return _by_name(root, "$id", reference)
    if reference not in ("#", "#/") and not reference.startswith("#/"):
        return _by_name(root, "$anchor", reference[1:])
    found = root
    for step in reference[1:].strip("/").split("/") if len(reference) > 2 else ():
        name = step.replace("~1", "/").replace("~0", "~").replace("%25", "%")
        try:
            found = found[int(name)] if isinstance(found, list) else found[name]
        except (KeyError, IndexError, ValueError, TypeError):
            raise Unreadable(f"$ref {reference}: nothing is there") from None
    return found


def _by_name(node: Any, keyword: str, name: str) -> Any:
    for found in _nodes(node):
        if found.get(keyword) in (name, f"#{name}") or (keyword == "$anchor" and found.get("$id") == f"#{name}"):
            return found
    raise Unreadable(f"$ref {name}: nothing is there")


def _nodes(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, Mapping):
        yield node
    for inner in node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ():
        yield from _nodes(inner)
