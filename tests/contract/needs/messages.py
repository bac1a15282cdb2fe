# SPDX-License-Identifier: Apache-2.0
"""Of a whole message, the part that a consumer states: as a pact asks for it, and as the least that can be read."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from tests.contract.needs.paths import ALL, covered, fields_of, inner_model, leaves
from tests.contract.needs.told import Told

from ventanilla_contracts.registry import EVENTS

HERE, WHOLE = "", "*"


def below(paths: Iterable[str], name: str) -> set[str]:
    """Of these paths what is asked of one field: HERE for itself, WHOLE for all that is in it.

    >>> sorted(below({"person.name", "person", "mail.*"}, "person")), below({"mail.*"}, "mail"), below({"*"}, "mail")
    (['', 'name'], {'*'}, {'*'})
    """
    found = {path.removeprefix(name).removeprefix(".") for path in paths if path == name or path.startswith(f"{name}.")}
    return {WHOLE} if WHOLE in paths else found


def least(model: type[BaseModel], value: Mapping[str, Any], stated: Collection[str]) -> dict[str, Any]:
    """The stated fields, and of the others those without which no reader takes the message."""
    found = {}
    for name, field in model.model_fields.items():
        wanted = below(stated, name)
        if name in value and (wanted or field.is_required()):
            found[name] = _each(inner_model(field.annotation), value[name], wanted)
    return found


def _each(inner: type[BaseModel] | None, value: Any, wanted: Collection[str]) -> Any:
    if inner is None or WHOLE in wanted:
        return value
    if isinstance(value, list):
        return [least(inner, one, wanted) for one in value]
    if fields_of(inner).keys() >= value.keys():
        return least(inner, value, wanted)
    return {key: least(inner, one, wanted) for key, one in value.items()}


def completed(model: type[BaseModel], part: Mapping[str, Any], whole: Mapping[str, Any]) -> dict[str, Any]:
    """A part of a message, with what no reader takes it without from the whole one; of a list from its richest."""
    found = {}
    for name, field in model.model_fields.items():
        inner = inner_model(field.annotation)
        if name not in part and field.is_required() and name in whole:
            found[name] = whole[name]
        elif name in part and inner is not None:
            found[name] = _completed_each(inner, part[name], whole[name])
        elif name in part:
            found[name] = part[name]
    return found


def _completed_each(inner: type[BaseModel], part: Any, whole: Any) -> Any:
    if isinstance(part, list):
        return [completed(inner, one, max(whole, key=len)) for one in part]
    if fields_of(inner).keys() >= whole.keys():
        return completed(inner, part, whole)
    return {key: completed(inner, one, whole[key]) for key, one in part.items()}


def asked_for(event_type: str, stated: Collection[str]) -> set[str]:
    """The stated paths, with each field of what is asked for whole."""
    whole = {leaf for leaf in leaves(EVENTS[event_type]) if covered(leaf, stated)}
    return whole | {path for path in stated if not path.endswith(ALL)}


def found_in(model: type[BaseModel], value: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """The paths of all that is in a value; an empty list holds nothing."""
    for name, field in model.model_fields.items():
        if name not in value or value[name] in ([], {}):
            continue
        yield prefix + name
        if inner := inner_model(field.annotation):
            for one in models_in(inner, value[name]):
                yield from found_in(inner, one, f"{prefix}{name}.")


def models_in(inner: type[BaseModel], value: Any) -> list[Mapping[str, Any]]:
    """The values of a model's form in a field: itself, in a list, or in a map."""
    if isinstance(value, list):
        return value
    return [value] if fields_of(inner).keys() >= value.keys() else list(value.values())


def telling(event_type: str, stated: Collection[str], story: Sequence[Told]) -> tuple[list[Told], set[str]]:
    """Few messages of the story in which all is that is stated of an event, and what is in none of them."""
    wanted = asked_for(event_type, stated)
    told = [one for one in story if one.type == event_type and not one.rare]
    holds = {one.name: wanted & set(found_in(EVENTS[event_type], one.example.value)) for one in told}
    chosen, left = told[:1], wanted - holds[told[0].name]
    while best := max(told, key=lambda one: len(holds[one.name] & left)):
        if not holds[best.name] & left:
            break
        chosen.append(best)
        left -= holds[best.name]
    return chosen, left
