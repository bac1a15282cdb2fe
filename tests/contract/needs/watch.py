# SPDX-License-Identifier: Apache-2.0
"""Sees which fields of events are read while rules decide.

The events are the real ones, of their real classes and whole, so that nothing else changes: `match` passes over a class
pattern whose field is missing without a word, and a field that is left out would be filled from its default.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from typing import Any
from unittest.mock import patch

from pydantic import BaseModel
from tests.contract.needs.paths import ALL, fields_of, outermost

from ventanilla_contracts.envelope import Event, Frozen

WRITES_ALL = frozenset({"model_dump", "model_dump_json"})
TAKES_ALL = WRITES_ALL | {"__dict__", "model_copy"}
"""Whoever asks a value for one of these gets at everything that is in it."""


class Watch:
    """Notes, of each event type that is followed, the paths that are read; what is stored or passed on counts too."""

    def __init__(self) -> None:
        self._noted: dict[str, set[str]] = {}
        self._places: dict[int, list[tuple[str, str]]] = {}
        self._alive: list[Event] = []

    def follow(self, event: Event) -> None:
        """From now on what is read of this event is noted; nothing is, yet."""
        self._alive.append(event)  # else another value may get its identity
        self._noted.setdefault(event.TYPE, set())
        self._place(event, event.TYPE, "")

    def kept(self, decided: object) -> None:
        """Parts of events that stand whole in what was decided are needed whole."""
        for part in _parts(decided):
            for event_type, path in self._places.get(id(part), ()):
                self._noted[event_type].add(path + ALL)

    def read(self, event_type: str, paths: Iterable[str]) -> None:
        """Somebody read these fields in another way than through the event's class."""
        self._noted.setdefault(event_type, set()).update(paths)

    def seen(self) -> Mapping[str, set[str]]:
        """By event type, what was needed of it."""
        return {event_type: outermost(paths) for event_type, paths in self._noted.items()}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Within, each look at a field of a followed event is noted."""
        plain = Frozen.__getattribute__

        def noting(part: Any, name: str) -> Any:
            if (places := self._places.get(id(part))) is not None:
                self._note(places, name, type(part))
            elif name in WRITES_ALL:
                self.kept(part)
            return plain(part, name)

        with patch.object(Frozen, "__getattribute__", noting):
            yield

    def _place(self, part: BaseModel, event_type: str, prefix: str) -> None:
        self._places.setdefault(id(part), []).append((event_type, prefix.removesuffix(".")))
        for name, value in _values(part).items():
            for inner in _models(value):
                self._place(inner, event_type, f"{prefix}{name}.")

    def _note(self, places: list[tuple[str, str]], name: str, model: type[BaseModel]) -> None:
        for event_type, path in places:
            if name in TAKES_ALL:
                self._noted[event_type].add(path + ALL)
            elif name in fields_of(model):
                self._noted[event_type].add(f"{path}.{name}" if path else name)


def _values(part: object) -> Mapping[str, object]:
    """The fields of a value, without being seen to look."""
    if isinstance(part, BaseModel):
        found: dict[str, object] = object.__getattribute__(part, "__dict__")
        return found
    return {one.name: getattr(part, one.name) for one in fields(part)} if is_dataclass(part) else {}


def _members(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, (list, tuple, set, frozenset)) else ()


def _models(value: object) -> Iterator[BaseModel]:
    """The models in a field: itself, or in its lists and maps."""
    if isinstance(value, BaseModel):
        yield value
    for member in _members(value):
        yield from _models(member)


def _parts(value: object) -> Iterator[object]:
    """Everything in a value, however deep."""
    if isinstance(value, BaseModel) or (is_dataclass(value) and not isinstance(value, type)):
        yield value
        for inner in _values(value).values():
            yield from _parts(inner)
    for member in _members(value):
        yield from _parts(member)
