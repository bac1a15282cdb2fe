# SPDX-License-Identifier: Apache-2.0
"""The fields of an event by their paths: `personal.person.email`; lists and maps add no step, `files.name`.

A path that ends in a field with fields of its own means that it is there; with `.*` all that is in it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

ALL = ".*"


def inner_model(annotation: Any) -> type[BaseModel] | None:
    """The model in an annotation, if there is one: in a list, in a map's values, or None beside it."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return inner_model(arguments[0])
    if origin is dict:
        return inner_model(arguments[1])
    if origin in (Union, UnionType, tuple):
        return next((found for one in arguments if (found := inner_model(one))), None)
    return None


def _fields(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, bool]]:
    for name, field in model.model_fields.items():
        inner = inner_model(field.annotation)
        yield prefix + name, inner is None
        if inner is not None:
            yield from _fields(inner, f"{prefix}{name}.")


@cache
def fields_of(model: type[BaseModel]) -> Mapping[str, bool]:
    """Every path in a model, and whether it is a leaf: no fields of its own beneath."""
    return dict(_fields(model))


def leaves(model: type[BaseModel]) -> list[str]:
    return [path for path, is_leaf in fields_of(model).items() if is_leaf]


def exists(model: type[BaseModel], path: str) -> bool:
    """Whether a path, as it is stated, is one of this model."""
    fields = fields_of(model)
    return fields.get(path.removesuffix(ALL)) is False if path.endswith(ALL) else path in fields


def covered(leaf: str, stated: Iterable[str]) -> bool:
    """Whether one of the stated paths asks for this leaf."""
    return any(leaf == path or (path.endswith(ALL) and leaf.startswith(path[:-1])) for path in stated)


def outermost(noted: Collection[str]) -> set[str]:
    """What was really asked for: not the steps on the way to a field, and nothing apart of what is taken whole.

    >>> sorted(outermost({"personal", "personal.person", "personal.person.name", "mail", "mail.*", "mail.subject"}))
    ['mail.*', 'personal.person.name']
    """
    return {path for path in noted if not _is_step(path, noted) and not _is_part(path, noted)}


def _is_step(path: str, noted: Collection[str]) -> bool:
    return any(other.startswith(f"{path}.") for other in noted)


def _is_part(path: str, noted: Collection[str]) -> bool:
    return any(other.endswith(ALL) and other != path and path.startswith(other[:-1]) for other in noted)
