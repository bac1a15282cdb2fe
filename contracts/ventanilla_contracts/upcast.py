# SPDX-License-Identifier: Apache-2.0
"""Events of an older version, read as a newer one (design 3): a topic may hold v1 and v2 at once, for ever.

An upcast leads from one version to the next and is pure: the same event gives the same event. What the old version did
not say the upcast says plainly (``None``, "unknown"); it never guesses. A golden example of the old version and the one
of the same name of the new version show it (contracts/tests/test_upcast.py).
"""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ventanilla_contracts.envelope import Event
from ventanilla_contracts.registry import EVENTS, event_name


@dataclass(frozen=True, slots=True)
class Upcast:
    """From one version of an event to the next."""

    old: type[Event]
    new: type[Event]
    step: Callable[[Any], Event]


class Upcasts:
    """The upcasts of a set of events, chained."""

    def __init__(self, events: Mapping[str, type[Event]], steps: Iterable[Upcast]) -> None:
        """Raises ValueError for a version that no upcast leads on from, or one that leads elsewhere."""
        self.events = events
        self._steps = {step.old.TYPE: step for step in steps}
        if found := self._faults():
            raise ValueError("; ".join(found))

    def reached(self, event_type: str, wanted: Container[str]) -> str | None:
        """The first type from this one on that is wanted: itself, or what upcasts make of it."""
        reached: str | None = event_type
        while reached is not None and reached not in wanted:
            step = self._steps.get(reached)
            reached = step.new.TYPE if step else None
        return reached

    def read(self, event_type: str, value: bytes, reached: str) -> Event:
        """Decode an event and lead it on to the type ``reached``.

        Raises KeyError for a type that is not ours or does not lead there, pydantic.ValidationError.
        """
        event = self.events[event_type].read(value)
        while reached != event.TYPE:
            event = self._steps[event.TYPE].step(event)
        return event

    def _faults(self) -> list[str]:
        found = [
            f"{old}: its upcast leads to {step.new.TYPE}, expected {_next(old)}"
            for old, step in self._steps.items()
            if _next(old) != step.new.TYPE
        ]
        newer = (name for name in self.events if _next(name) in self.events)
        return found + [f"{name}: no upcast leads to {_next(name)}" for name in newer if name not in self._steps]


def _next(event_type: str) -> str:
    name, version = event_name(event_type)
    return f"{name}.v{version + 1}"


UPCASTS = Upcasts(EVENTS, ())
"""Those of the house; none yet, since every event is at its first version."""
