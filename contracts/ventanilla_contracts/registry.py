# SPDX-License-Identifier: Apache-2.0
"""Every event of the house by its type."""

from collections.abc import Iterator

from ventanilla_contracts import audits, intake, notifications, routing, satisfaction
from ventanilla_contracts.envelope import Event

MODULES = (intake, routing, notifications, satisfaction, audits)


def _concrete(base: type[Event]) -> Iterator[type[Event]]:
    for cls in base.__subclasses__():
        if cls.TYPE:
            yield cls
        yield from _concrete(cls)


EVENTS: dict[str, type[Event]] = {
    cls.TYPE: cls for cls in _concrete(Event) if cls.__module__ in {module.__name__ for module in MODULES}
}
"""Type, as case-filed.v1, to class."""


def event_name(event_type: str) -> tuple[str, int]:
    """Name and version of a type.

    >>> event_name("case-filed.v1")
    ('case-filed', 1)
    """
    name, _, version = event_type.rpartition(".v")
    return name, int(version)


def is_known_name(event_type: str) -> bool:
    """Whether some version of this event is ours, even if this version is not."""
    name = event_type.rpartition(".v")[0]
    return any(known.rpartition(".v")[0] == name for known in EVENTS)
