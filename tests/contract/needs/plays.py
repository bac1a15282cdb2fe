# SPDX-License-Identifier: Apache-2.0
"""What each service was seen to read, and what it said, when it played the whole story."""

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType

from tests.contract.needs import channels
from tests.contract.needs.audited import audited
from tests.contract.needs.casts.intake import intake
from tests.contract.needs.casts.notifications import notifications
from tests.contract.needs.casts.reporting import reporting
from tests.contract.needs.casts.routing import routing
from tests.contract.needs.casts.satisfaction import satisfaction
from tests.contract.needs.met import Met
from tests.contract.needs.stage import Cast, Stage, play
from tests.contract.needs.story import whole_story
from tests.contract.needs.told import Told
from tests.contract.needs.watch import Watch

CASTS: Mapping[str, Callable[[], Cast]] = {
    "intake": cache(intake),
    "routing": cache(routing),
    "notifications": cache(notifications),
    "satisfaction": cache(satisfaction),
    "reporting": cache(reporting),
}


@dataclass(frozen=True)
class Performance:
    """``seen``: by event type, the paths that were read; ``handled``: the event types that rules exist for."""

    stage: Stage
    seen: Mapping[str, set[str]]
    handled: frozenset[str]


def perform(service: str, story: Sequence[Told]) -> Performance:
    """Raises AssertionError where the service cannot read, refuses, or does not say what the story says of it."""
    cast, watch = CASTS[service](), Watch()
    stage = play(cast, [told for told in story if told.topic != channels.TOPIC], watch)
    if service == "intake":
        for told in story:
            if told.topic == channels.TOPIC:
                channels.taken_in(told, watch)
                channels.taken_in(told, watch, lost=True)
    if service == "reporting":
        audited(story, watch)
    handled = frozenset(event.TYPE for aggregate in cast.aggregates for event in aggregate.handles)
    return Performance(stage, watch.seen(), handled)


@cache
def performed(service: str) -> tuple[Performance, Met]:
    """The story as it is, and the lines of the rules that it met."""
    met = Met(rules_of(service))
    CASTS[service]()
    with met.looking():
        performance = perform(service, whole_story())
    return performance, met


def rules_of(service: str) -> list[ModuleType]:
    """The modules of a service that are handed events."""
    domain = import_module(f"{service}.domain")
    found = pkgutil.walk_packages(domain.__path__, f"{domain.__name__}.")
    modules = [import_module(one.name) for one in found if "audit" not in one.name.split(".")]
    return [*modules, import_module("intake.filing.resolving")] if service == "intake" else modules
