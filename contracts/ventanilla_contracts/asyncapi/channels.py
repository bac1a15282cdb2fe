# SPDX-License-Identifier: Apache-2.0
"""Topics as channels, and who does what with them as operations."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from ventanilla_contracts.asyncapi.messages import BINDING, DEAD_LETTER
from ventanilla_contracts.topics import TopicSpec, dead_letter_topic

_DONE = {"send": "sent", "receive": "received"}


@dataclass(frozen=True)
class Part:
    """What one party does with a topic, or with its own dead-letter topic of it."""

    party: str
    action: Literal["send", "receive"]
    topic: TopicSpec
    dead_letters: bool = False

    @property
    def address(self) -> str:
        return dead_letter_topic(self.topic.name, self.party) if self.dead_letters else self.topic.name

    @property
    def name(self) -> str:
        """As `intake-send-intake-cases`."""
        return f"{self.party.replace(' ', '-')}-{self.action}-{self.address}"

    @property
    def messages(self) -> tuple[str, ...]:
        return (DEAD_LETTER,) if self.dead_letters else self.topic.events


def parts(specs: Iterable[TopicSpec]) -> Iterator[Part]:
    """All that is done with these topics: written by one, read by others, who set aside what they cannot apply."""
    for spec in specs:
        yield Part(spec.producer, "send", spec)
        for consumer in spec.consumers:
            yield Part(consumer, "receive", spec)
            if spec.dead_letters:
                yield Part(consumer, "send", spec, dead_letters=True)


def channel(part: Part) -> dict[str, Any]:
    """The topic itself, whoever's part led to it."""
    return {
        "address": part.address,
        "title": part.address,
        "description": _about_dead_letters(part) if part.dead_letters else _about(part.topic),
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in part.messages},
        "bindings": {"kafka": {**({} if part.dead_letters else _layout(part.topic)), "bindingVersion": BINDING}},
    }


def operation(part: Part) -> dict[str, Any]:
    described: dict[str, Any] = {
        "action": part.action,
        "title": f"{part.address}, {_DONE[part.action]} by {part.party}",
        "tags": [{"name": part.party}],
        "channel": {"$ref": f"#/channels/{part.address}"},
    }  # without `messages`: all those of the channel
    if part.action == "receive" and part.topic.dead_letters:  # else it is read from the start each time, by no group
        group = {"type": "string", "const": part.party}
        described["bindings"] = {"kafka": {"groupId": group, "bindingVersion": BINDING}}
    return described


def _about(spec: TopicSpec) -> str:
    order = "with ce_seq" if spec.sequenced else "without ce_seq"
    readers = ", ".join(spec.consumers)
    return f"{spec.about} Written by {spec.producer}, read by {readers}; keyed by {spec.key}, {order}."


def _about_dead_letters(part: Part) -> str:
    return f"Copies of what {part.party} could not apply of {part.topic.name}, for people to read."


def _layout(spec: TopicSpec) -> dict[str, Any]:
    config = {name: _value(name, text) for name, text in spec.config.items()}
    return {"topic": spec.name, "partitions": spec.partitions, "topicConfiguration": config}


def _value(name: str, text: str) -> int | str | list[str]:
    """As the binding wants it.

    >>> _value("retention.ms", "-1"), _value("cleanup.policy", "compact,delete")
    (-1, ['compact', 'delete'])
    """
    if name == "cleanup.policy":
        return text.split(",")
    return int(text) if text.lstrip("-").isdigit() else text
