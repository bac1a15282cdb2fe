# SPDX-License-Identifier: Apache-2.0
"""Does a reader accept all that a writer may send? Decided from their schemas alone (JSON Schema, pure).

Sound where it says yes, but for ``oneOf``, which is read as ``anyOf``. It may say no where a finer proof would say
yes: each alternative of the writer must fit one alternative of the reader whole.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from evolution.limits import limits
from evolution.members import Elements, Members
from evolution.reading import ALTERNATIVES, Schema

BRANCHES = ("then", "else")


@dataclass(frozen=True)
class Refusal:
    """Something that the writer may send and the reader refuses; ``path`` as ``$.personal.person.name``."""

    path: str
    said: str
    expected: tuple[str, ...] = ()
    """Types, where the type is refused; ``said`` is that type until all such refusals are told together."""


@dataclass
class _Comparison:
    """One pair of documents; ``assumed`` holds the pairs that are being compared further up (recursive schemas)."""

    assumed: set[tuple[str, str]] = field(default_factory=set)

    def schemas(self, writer: Schema, reader: Schema, path: str) -> list[Refusal]:
        pair = (repr(writer.raw), repr(reader.raw))
        same = writer.raw == reader.raw and writer.root == reader.root
        if same or pair in self.assumed or reader.raw in (True, {}):
            return []
        self.assumed.add(pair)
        try:
            found = [refusal for part in writer.parts() for refusal in self._part(part, reader, path)]
        finally:
            self.assumed.discard(pair)
        return _together(found)

    def _part(self, part: Schema, reader: Schema, path: str) -> list[Refusal]:
        """A part of the writer, which must please all that the reader demands."""
        values = part.keywords.get("enum", [part.keywords["const"]] if "const" in part.keywords else None)
        if values is not None:
            return [refusal for value in values for refusal in _value(value, part, reader, path)]
        found: list[Refusal] = []
        for demand in reader.conjuncts():
            found += self._plain(part, demand, path)
            for branch in ALTERNATIVES:
                found += self._one_of(part, [demand.at(raw) for raw in demand.keywords.get(branch, ())], path)
        return found

    def _one_of(self, part: Schema, alternatives: Sequence[Schema], path: str) -> list[Refusal]:
        """The alternative that refuses least tells why; of those of another type all do."""
        tried = [self.schemas(part, one, path) for one in alternatives]
        if not all(tried):
            return []
        able = [refusals for refusals in tried if not any(one.expected and one.path == path for one in refusals)]
        return min(able, key=len) if able else [refusal for refusals in tried for refusal in refusals]

    def _plain(self, part: Schema, demand: Schema, path: str) -> list[Refusal]:
        """Of what the reader demands, all but ``anyOf`` and ``oneOf``."""
        if not {*demand.kinds} & {*_wider(part)}:
            return [Refusal(path, part.keywords["type"], tuple(demand.kinds))]
        return list(self._same_type(part, demand, path))

    def _same_type(self, writer: Schema, reader: Schema, path: str) -> Iterator[Refusal]:
        w, r = writer.keywords, reader.keywords
        if reader.refuses_all:
            yield Refusal(path, "nothing is accepted")
            return
        if "enum" in r or "const" in r:
            values = r.get("enum", [r.get("const")])
            if not (w["type"] == "boolean" and {True, False} <= set(values)) and w["type"] != "null":
                yield Refusal(path, f"only {_listed(values)} is accepted")
        yield from (Refusal(path, said) for said in limits(w, r))
        yield from self._excluded(writer, reader, path)
        yield from self._branches(writer, reader, path)
        if w["type"] == "object":
            yield from self._objects(writer, reader, path)
        if w["type"] == "array":
            yield from self._arrays(writer, reader, path)

    def _excluded(self, writer: Schema, reader: Schema, path: str) -> Iterator[Refusal]:
        """What the reader excludes the writer excludes too, and perhaps more."""
        if (excluded := reader.keywords.get("not")) is None:
            return
        own = writer.keywords.get("not")
        if own is None or self.schemas(reader.at(excluded), writer.at(own), path):
            yield Refusal(path, f"{_short(excluded)} is excluded")

    def _branches(self, writer: Schema, reader: Schema, path: str) -> Iterator[Refusal]:
        """Where the conditions are not the same, nothing can be said of what follows from them."""
        w, r = writer.keywords, reader.keywords
        for branch in BRANCHES:
            if "if" in r and branch in r:
                if w.get("if") == r["if"]:
                    yield from self.schemas(writer.at(w.get(branch, True)), reader.at(r[branch]), path)
                else:
                    yield Refusal(path, f"the condition for {branch} is another")

    def _objects(self, writer: Schema, reader: Schema, path: str) -> Iterator[Refusal]:
        sent, read = Members(writer), Members(reader)
        for name in sorted(read.required - sent.required):
            yield Refusal(f"{path}.{name}", "is required")
        yield from self._dependent(writer, sent, read, path)
        yield from self._names(sent, read, path)
        for name in dict.fromkeys([*sent.names, *read.names]):
            yield from self._member(sent.at(name), read.at(name), f"{path}.{name}")
        for pattern in dict.fromkeys([*sent.patterns, *read.patterns]):
            yield from self._member(sent.like(pattern), read.like(pattern), f"{path}[{pattern}]")
        yield from self._member(sent.others, read.others, f"{path}.*")

    def _dependent(self, writer: Schema, sent: Members, read: Members, path: str) -> Iterator[Refusal]:
        """What the reader demands where a property is there."""
        for name, needs in read.dependent.items():
            implied = sent.required | sent.dependent.get(name, frozenset())
            for need in sorted(needs - implied) if sent.at(name) else ():
                yield Refusal(f"{path}.{need}", f"is required where {name} is")
        for name, demanded in read.dependent_schemas.items():
            if sent.at(name) is not None:
                stated = sent.dependent_schemas.get(name, writer)
                yield from self._member(stated, demanded, f"{path} where {name} is")

    def _names(self, sent: Members, read: Members, path: str) -> Iterator[Refusal]:
        if (demanded := read.named_like) is None:
            return
        is_open = sent.patterns or not sent.others.refuses_all
        free = demanded.at({"type": "string"} if is_open else {"enum": sent.names})
        yield from self._member(sent.named_like or free, demanded, f"{path} (names)")

    def _arrays(self, writer: Schema, reader: Schema, path: str) -> Iterator[Refusal]:
        sent, read = Elements(writer), Elements(reader)
        placed = max(len(sent.first), len(read.first))
        for n in range(placed):
            if sent.most is None or n < sent.most:
                yield from self._member(sent.at(n), read.at(n), f"{path}[{n}]")
        if sent.most is None or sent.most > placed:
            yield from self._member(sent.others, read.others, f"{path}[]")
        if read.unique and not sent.unique and (sent.most is None or sent.most > 1):
            yield Refusal(path, "uniqueItems is required")
        if read.contains is not None and not self._holds(sent, read.contains, read.least_contained):
            yield Refusal(path, f"{read.least_contained} of them must be {_short(read.contains.raw)}")

    def _holds(self, sent: Elements, what: Schema, least: int) -> bool:
        if sent.contains is None or sent.least_contained < least:
            return least == 0
        return not self.schemas(sent.contains, what, "$")

    def _member(self, sent: Schema | None, read: Schema | None, path: str) -> list[Refusal]:
        if sent is None or sent.refuses_all:
            return []
        if read is None or read.refuses_all:
            return [Refusal(path, "is not accepted")]
        return self.schemas(sent, read, path)


def refusals(writer: Any, reader: Any, path: str = "$") -> list[Refusal]:
    """What a valid document of ``writer`` may hold that ``reader`` refuses; both are JSON Schemas.

    Raises Unreadable.
    """
    found = _Comparison().schemas(Schema.of(writer), Schema.of(reader), path)
    return [Refusal(one.path, _type_told(one)) if one.expected else one for one in found]


def _together(found: Sequence[Refusal]) -> list[Refusal]:
    """Each once; of the types that are refused at one place one refusal."""
    kinds: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    for one in found:
        if one.expected:
            refused, expected = kinds.setdefault(one.path, ({}, {}))
            refused.update(dict.fromkeys(one.said.split(" or ")))
            expected.update(dict.fromkeys(one.expected))
    types = [Refusal(path, " or ".join(refused), tuple(expected)) for path, (refused, expected) in kinds.items()]
    return [*types, *dict.fromkeys(one for one in found if not one.expected)]


def _type_told(one: Refusal) -> str:
    return f"{one.said} is refused, expected {' or '.join(one.expected)}"


def _wider(part: Schema) -> tuple[str, ...]:
    """The types that a value of this part has."""
    kind, factor = part.keywords["type"], part.keywords.get("multipleOf")
    whole = kind == "integer" or (kind == "number" and isinstance(factor, int))
    return ("integer", "number") if whole else (kind,)


def _value(value: Any, part: Schema, reader: Schema, path: str) -> Iterator[Refusal]:
    """One value that the writer may send; not one that its own other keywords exclude."""
    try:
        own = {name: what for name, what in part.keywords.items() if name not in ("enum", "const")}
        Draft202012Validator({**_context(part), "allOf": [own]}).validate(value)
    except ValidationError:
        return
    try:
        Draft202012Validator({**_context(reader), "allOf": [reader.raw]}).validate(value)
    except ValidationError:
        yield Refusal(path, f"{json.dumps(value, ensure_ascii=False)} is refused")


def _context(schema: Schema) -> Mapping[str, Any]:
    """What references within the document need."""
    root = schema.root if isinstance(schema.root, Mapping) else {}
    return {name: root[name] for name in ("$defs", "definitions") if name in root}


def _listed(values: list[Any]) -> str:
    return ", ".join(json.dumps(value, ensure_ascii=False) for value in values)


def _short(schema: Any) -> str:
    text = json.dumps(schema, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}..."
