# SPDX-License-Identifier: Apache-2.0
"""The closed schemas of events as one set: what they share stands there once, and no two things by one name."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ventanilla_contracts.event_schema import Schema

_DEFINITION = "#/$defs/"
_COMPONENT = "#/components/schemas/"
_OF_A_FILE = {"$schema", "$id", "x-topic", "$defs"}  # an $id would change what references mean; x-topic is the channel


def united(schemas: Mapping[str, Schema]) -> dict[str, Schema]:
    """Of schemas by event type: component name to schema, each event by its type, then the parts they refer to.

    A part is named as in its event's own schema; where two events mean different things by that name, each gets the
    type of its event before it, as `case-filed.v1.Person`.
    """
    ambiguous = _ambiguous(schemas.values())
    whole: dict[str, Schema] = {}
    parts: dict[str, Schema] = {}
    for event_type, one in schemas.items():
        name = _naming(event_type, ambiguous)
        whole[event_type] = _renamed({key: value for key, value in one.items() if key not in _OF_A_FILE}, name)
        parts |= {name(part): _renamed(definition, name) for part, definition in one.get("$defs", {}).items()}
    return {**whole, **dict(sorted(parts.items()))}


def _naming(event_type: str, ambiguous: set[str]) -> Callable[[str], str]:
    return lambda name: f"{event_type}.{name}" if name in ambiguous else name


def _ambiguous(schemas: Iterable[Schema]) -> set[str]:
    """Names by which different things are meant, themselves or in what they refer to."""
    meanings: dict[str, list[dict[str, Schema]]] = defaultdict(list)
    for definitions in (one.get("$defs", {}) for one in schemas):
        for name in definitions:
            meanings[name].append(_reached(name, definitions))
    return {name for name, found in meanings.items() if any(one != found[0] for one in found)}


def _reached(name: str, definitions: Mapping[str, Schema]) -> dict[str, Schema]:
    """A part with all that it refers to, by name."""
    reached: dict[str, Schema] = {}
    to_visit = [name]
    while to_visit:
        current = to_visit.pop()
        if current not in reached:
            reached[current] = definitions[current]
            to_visit += _referred(definitions[current])
    return reached


def _referred(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"].removeprefix(_DEFINITION)
        for value in part.values():
            yield from _referred(value)
    elif isinstance(part, list):
        for item in part:
            yield from _referred(item)


def _renamed(part: Any, name: Callable[[str], str]) -> Any:
    """The same schema, its references pointing into the document."""
    if isinstance(part, dict):
        return {
            key: _COMPONENT + name(value.removeprefix(_DEFINITION)) if key == "$ref" else _renamed(value, name)
            for key, value in part.items()
        }
    return [_renamed(item, name) for item in part] if isinstance(part, list) else part
