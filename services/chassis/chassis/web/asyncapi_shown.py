# SPDX-License-Identifier: Apache-2.0
"""An AsyncAPI document as its page shows it: channels by what is done with them, messages, schemas as tables."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chassis.web.schema_words import Words, type_words, words
from ventanilla_contracts.asyncapi import HOUSE, Document

DAY_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True)
class Field:
    name: str
    required: bool
    type: Words
    about: Words


@dataclass(frozen=True)
class Part:
    """A schema of its own: `fields` if it is an object, else its `type`."""

    name: str
    about: Words
    fields: Sequence[Field]
    type: Words = ()


@dataclass(frozen=True)
class Message:
    """`fixed`: the headers that have one value (or one of some) in this message; the rest are in `headers`."""

    name: str
    about: Words
    key: Words
    fixed: Sequence[tuple[str, Words]]
    headers: str
    payload: Part
    examples: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Channel:
    """`days`: how long records are kept, None for ever. `group` is the consumer group that reads it here."""

    name: str
    about: Words
    messages: Sequence[tuple[str, Words]]
    partitions: int
    days: int | None
    group: str | None


@dataclass(frozen=True)
class Shown:
    """`sent` and `received` of a service; of the house, all `channels`. `set_aside`: the dead-letter topics."""

    version: str
    about: Sequence[Words]
    channels: Sequence[Channel]
    sent: Sequence[Channel]
    received: Sequence[Channel]
    set_aside: Sequence[tuple[str, Words]]
    messages: Sequence[Message]
    dead_letter: Part | None
    parts: Sequence[Part]


def shown(document: Document) -> Shown:
    """What is on the page."""
    components = document["components"]
    schemas: dict[str, Any] = components["schemas"]
    of_letters, of_events = _split(document["channels"])
    messages = [_message(one, schemas) for one in components["messages"].values() if "bindings" in one]
    house = document["id"].endswith(f":{HOUSE}")
    return Shown(
        version=document["info"]["version"],
        about=[words(part) for part in document["info"]["description"].strip().split("\n\n")],
        channels=[_channel(one, document) for one in of_events.values()] if house else (),
        sent=() if house else list(_of(document, "send", of_events)),
        received=() if house else list(_of(document, "receive", of_events)),
        set_aside=[(name, words(one["description"])) for name, one in of_letters.items()],
        messages=messages,
        dead_letter=_part("dead-letter-headers", schemas["dead-letter-headers"]) if of_letters else None,
        parts=[
            _part(name, one)
            for name, one in schemas.items()
            if name not in components["messages"] and name != "dead-letter-headers"
        ],
    )


def _split(channels: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    letters = {name: one for name, one in channels.items() if "dead-letter" in one["messages"]}
    return letters, {name: one for name, one in channels.items() if name not in letters}


def _of(document: Document, action: str, channels: Mapping[str, Any]) -> Iterator[Channel]:
    for operation in document["operations"].values():
        name = _last(operation["channel"]["$ref"])
        if operation["action"] == action and name in channels:
            kafka = operation.get("bindings", {}).get("kafka", {})
            yield _channel(channels[name], document, kafka.get("groupId", {}).get("const"))


def _channel(channel: Mapping[str, Any], document: Document, group: str | None = None) -> Channel:
    kafka = channel["bindings"]["kafka"]
    kept = kafka["topicConfiguration"].get("retention.ms", -1)
    about = document["components"]["messages"]
    return Channel(
        name=channel["address"],
        about=words(channel["description"]),
        messages=[(name, words(about[name]["summary"])) for name in channel["messages"]],
        partitions=kafka["partitions"],
        days=None if kept < 0 else kept // DAY_MS,
        group=group,
    )


def _message(message: Mapping[str, Any], schemas: Mapping[str, Any]) -> Message:
    headers = message["headers"]
    return Message(
        name=message["name"],
        about=words(message["summary"]),
        key=words(message["bindings"]["kafka"]["key"]["description"]),
        fixed=[(name, type_words(one)) for name, one in headers["properties"].items()],
        headers=_last(headers["allOf"][0]["$ref"]),
        payload=_part(message["name"], schemas[message["name"]]),
        examples=[(one["summary"], _json(one)) for one in message.get("examples", ())],
    )


def _part(name: str, schema: Mapping[str, Any]) -> Part:
    required = schema.get("required", ())
    fields = [
        Field(field, field in required, type_words(one), words(one.get("description", "")))
        for field, one in schema.get("properties", {}).items()
    ]
    return Part(name, words(schema.get("description", "")), fields, () if fields else type_words(schema))


def _json(example: Mapping[str, Any]) -> str:
    told = {"headers": example["headers"], "payload": example["payload"]}
    return json.dumps(told, indent=2, ensure_ascii=False)


def _last(reference: str) -> str:
    return reference.rpartition("/")[2]
