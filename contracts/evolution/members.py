# SPDX-License-Identifier: Apache-2.0
"""What stands in an object and in an array, by name and by place."""

from collections.abc import Mapping

from evolution.reading import Schema, at_name


class Members:
    """The properties of an object schema."""

    def __init__(self, schema: Schema) -> None:
        keywords = schema.keywords
        self._schema = schema
        self._patterned = keywords.get("patternProperties", {})
        self.names = list(keywords.get("properties", {}))
        self.patterns = list(self._patterned)
        self.required = frozenset(keywords.get("required", ()))
        self.others = schema.at(keywords.get("additionalProperties", keywords.get("unevaluatedProperties", True)))
        self.named_like = schema.at(keywords["propertyNames"]) if "propertyNames" in keywords else None
        self.dependent: Mapping[str, frozenset[str]] = {
            name: frozenset(needs)
            for keyword in ("dependentRequired", "dependencies")
            for name, needs in keywords.get(keyword, {}).items()
            if isinstance(needs, list)
        }
        self.dependent_schemas: Mapping[str, Schema] = {
            name: schema.at(raw)
            for keyword in ("dependentSchemas", "dependencies")
            for name, raw in keywords.get(keyword, {}).items()
            if not isinstance(raw, list)
        }

    def at(self, name: str) -> Schema | None:
        """What may stand at this name; None if nothing may."""
        found = self._schema.at(at_name(self._schema.keywords, name))
        return None if found.refuses_all else found

    def like(self, pattern: str) -> Schema:
        """What may stand at names of this pattern, other patterns aside."""
        return self._schema.at(self._patterned[pattern]) if pattern in self._patterned else self.others


class Elements:
    """The items of an array schema: those with a place of their own, and all others."""

    def __init__(self, schema: Schema) -> None:
        keywords = schema.keywords
        items = keywords.get("items", True)
        listed = isinstance(items, list)  # until draft 2019-09
        self.first = [schema.at(raw) for raw in (items if listed else keywords.get("prefixItems", ()))]
        rest = keywords.get("additionalItems") if listed else keywords.get("items")
        self.others = schema.at(keywords.get("unevaluatedItems", True) if rest is None else rest)
        closed = len(self.first) if self.others.refuses_all else None
        self.most: int | None = min((n for n in (keywords.get("maxItems"), closed) if n is not None), default=None)
        self.unique = bool(keywords.get("uniqueItems", False))
        self.contains = schema.at(keywords["contains"]) if "contains" in keywords else None
        self.least_contained = int(keywords.get("minContains", 1))

    def at(self, place: int) -> Schema:
        return self.first[place] if place < len(self.first) else self.others
