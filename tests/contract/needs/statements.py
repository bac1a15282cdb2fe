# SPDX-License-Identifier: Apache-2.0
"""What consumers state (`services/<consumer>/needs.yaml`), and what is sent though none of them needs it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.contract.needs.paths import covered, exists, leaves

from chassis.topics import load_topics
from chassis.yaml_text import read_yaml
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.topics import TopicSpec

ROOT = Path(__file__).parents[3]
CONSUMERS = ("intake", "routing", "notifications", "satisfaction", "reporting")
UNNEEDED = ROOT / "contracts" / "unneeded.yaml"
EVERY_EVENT = "every event"
STORES = "stores"
"""Each service tells of its own store on its own topic, by the same code of the chassis: to a pact they are one."""

AUDITOR = "reporting"
"""Its audit reads every topic from the first record, those too of which it is no consumer with a group of its own."""


@dataclass(frozen=True)
class Statement:
    """Of one consumer: by event type, the paths that it needs; none: only that the event came."""

    consumer: str
    events: Mapping[str, tuple[str, ...]]

    def faults(self, topics: Mapping[str, TopicSpec], events: Mapping[str, type[Event]]) -> list[str]:
        """What nobody sends: an event that is on no topic that the consumer reads, or a field that it does not have."""
        on_topics = {name for spec in topics.values() if reads(self.consumer, spec) for name in spec.events}
        return [
            *(f"{self.consumer} needs {name}, and reads no topic with it" for name in self.events.keys() - on_topics),
            *(
                f"{self.consumer} needs {name} {path}, and there is no such field"
                for name, paths in self.events.items()
                for path in paths
                if name in events and not exists(events[name], path)
            ),
        ]


def reads(consumer: str, spec: TopicSpec) -> bool:
    return consumer in (*spec.consumers, AUDITOR)


@cache
def statement_of(consumer: str) -> Statement:
    return parsed(consumer, (ROOT / "services" / consumer / "needs.yaml").read_text("utf-8"))


def statements() -> tuple[Statement, ...]:
    return tuple(statement_of(consumer) for consumer in CONSUMERS)


def parsed(consumer: str, text: str) -> Statement:
    """Raises ValueError, saying what was expected."""
    found = read_yaml(text)
    if not isinstance(found, dict) or not all(_is_list_of_texts(paths) for paths in found.values()):
        raise ValueError(f"services/{consumer}/needs.yaml: expected of each event type a list of field paths")
    return Statement(consumer, {str(name): tuple(paths) for name, paths in found.items()})


def _is_list_of_texts(paths: object) -> bool:
    return isinstance(paths, list) and all(isinstance(path, str) for path in paths)


def differences(statement: Statement, seen: Mapping[str, Iterable[str]]) -> list[str]:
    """Where what a consumer states is not what it was seen to read."""
    who = statement.consumer
    found = []
    for name in sorted({*statement.events, *seen}):
        stated, read = set(statement.events.get(name, ())), set(seen.get(name, ()))
        if name not in statement.events:
            found.append(f"{who} reads {name} and does not state it")
        elif name not in seen:
            found.append(f"{who} states {name} and never reads it")
        found += [f"{who} reads {name} {path} and does not state it" for path in sorted(read - stated)]
        found += [f"{who} states {name} {path} and never reads it" for path in sorted(stated - read) if name in seen]
    return found


@cache
def unneeded() -> Mapping[str, Mapping[str, str]]:
    """By event type: field paths that nobody states, and for whom or why they are sent all the same."""
    found: dict[str, dict[str, str]] = read_yaml(UNNEEDED.read_text("utf-8"))
    return found


def unwanted(
    stated: Sequence[Statement], excused: Mapping[str, Mapping[str, str]], events: Mapping[str, type[Event]]
) -> list[str]:
    """Fields that nobody needs and nobody excuses, and excuses that excuse nothing, a line each."""
    idle = {(name, leaf) for name, event in events.items() for leaf in leaves(event) if not _stated(stated, name, leaf)}
    lines = [
        f"{name} {leaf}: no consumer states it, and contracts/unneeded.yaml does not say why it is sent"
        for name, leaf in sorted(idle)
        if not covered(leaf, (*excused.get(name, ()), *excused.get(EVERY_EVENT, ())))
    ]
    return lines + [
        f"{name} {path}: is needed, or is no field; take it out of contracts/unneeded.yaml"
        for name, paths in excused.items()
        for path in paths
        if not any(name in (event, EVERY_EVENT) and covered(leaf, (path,)) for event, leaf in idle)
    ]


def _stated(stated: Sequence[Statement], name: str, leaf: str) -> bool:
    return any(covered(leaf, one.events.get(name, ())) for one in stated)


def producer_of(spec: TopicSpec) -> str:
    """Whom a pact about this topic is with."""
    return STORES if spec.key == "service" else spec.producer


def sent_to(consumer: str, producer: str) -> list[str]:
    """The event types that a producer sends on topics that the consumer reads."""
    topics = [one for one in load_topics().values() if producer_of(one) == producer and reads(consumer, one)]
    return list(dict.fromkeys(name for topic in topics for name in topic.events))
