# SPDX-License-Identifier: Apache-2.0
"""One document of what all parties do with the topics, or of what one service does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from ventanilla_contracts.asyncapi.channels import Part, channel, operation, parts
from ventanilla_contracts.asyncapi.messages import (
    CORRELATION,
    DEAD_LETTER,
    DEAD_LETTER_HEADERS,
    HEADERS,
    dead_letter,
    header_schema,
    message,
)
from ventanilla_contracts.asyncapi.payloads import united
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.event_schema import Schema, schema
from ventanilla_contracts.example import Example
from ventanilla_contracts.topics import Service, TopicSpec

Document = dict[str, Any]
HOUSE = "house"

ABOUT_THE_HOUSE = """\
Ventanilla takes every petition, complaint, claim, suggestion and compliment that reaches an organisation and sees it
through. Its services tell each other what happened by these events, and know nothing else of each other.
"""
ABOUT_A_SERVICE = {
    "intake": "Takes what was said, by whom and through which channel, and gives each case its number.",
    "routing": "Handles each case: classification, responder, legal term, documents, answer, state.",
    "notifications": "Sends every message that leaves the house, and says what became of it.",
    "satisfaction": "Checks by telephone whether the person was served.",
    "reporting": "Counts: indicators, reports and the audit of the whole house. It reads only.",
}
ABOUT_EVENTS = """
Events are CloudEvents 1.0 in binary mode: headers `ce_*`, the value is JSON. The key of a record is its `ce_subject`.
An event may come twice and is never lost; `ce_seq` says which to apply next, `ce_seen` what to apply before it.
A schema is closed, which binds who writes. Who reads ignores fields that it does not know: optional ones are added
without notice. The text of a person is in Spanish; the people of the examples are invented.
"""
SERVER = {
    "host": "{bootstrap}",
    "protocol": "kafka",
    "title": "The Kafka of an installation",
    "description": "Each organisation runs its own. It may ask for TLS and a login (its protocol is kafka-secure), and "
    "may put a prefix before the name of every topic and consumer group.",
    "variables": {
        "bootstrap": {
            "description": "Where its brokers are found, comma separated (KAFKA_BOOTSTRAP_SERVERS).",
            "examples": ["localhost:9092", "kafka-1.example.org:9092,kafka-2.example.org:9092"],
        }
    },
}


@dataclass(frozen=True)
class Sources:
    """What the documents are made of: `examples` by event type, each with what it shows (the name of its file)."""

    version: str
    topics: Mapping[str, TopicSpec]
    events: Mapping[str, type[Event]]
    examples: Mapping[str, Mapping[str, Example]]


def documents(sources: Sources) -> dict[str, Document]:
    """`house` and each service to its document."""
    schemas = {name: schema(event) for name, event in sources.events.items()}
    everything = list(parts(sources.topics.values()))
    own = {name: [part for part in everything if part.party == name] for name in get_args(Service)}
    return {name: _document(sources, schemas, name, of) for name, of in {HOUSE: everything, **own}.items()}


def _document(sources: Sources, schemas: Mapping[str, Schema], name: str, of: Sequence[Part]) -> Document:
    return {
        "asyncapi": "3.0.0",
        "id": f"urn:ventanilla:{name}",
        "info": _info(name, sources.version),
        "defaultContentType": "application/json",
        "servers": {"kafka": SERVER},
        "channels": {part.address: channel(part) for part in of},
        "operations": {part.name: operation(part) for part in of},
        "components": _components(sources, schemas, of),
    }


def _components(sources: Sources, schemas: Mapping[str, Schema], of: Sequence[Part]) -> Document:
    """The messages of these parts, and the schemas of their headers and payloads; nothing that nobody refers to."""
    specs = list({part.topic.name: part.topic for part in of if not part.dead_letters}.values())
    types = list(dict.fromkeys(event_type for spec in specs for event_type in spec.events))
    carrying = {one: [spec for spec in specs if one in spec.events] for one in types}
    messages = {one: message(sources.events[one], carrying[one], sources.examples.get(one, {})) for one in types}
    headers = {header_schema(spec) for spec in specs}
    if any(part.dead_letters for part in of):
        messages[DEAD_LETTER] = dead_letter()
        headers.add(DEAD_LETTER_HEADERS)
    return {
        "messages": messages,
        "schemas": {
            **{name: described for name, described in HEADERS.items() if name in headers},
            **united({one: schemas[one] for one in types}),
        },
        "correlationIds": CORRELATION,
    }


def _info(name: str, version: str) -> Document:
    about = ABOUT_THE_HOUSE if name == HOUSE else f"{ABOUT_A_SERVICE[name]} What it sends and what it receives.\n"
    return {
        "title": "Ventanilla: the whole house" if name == HOUSE else f"Ventanilla: {name}",
        "version": version,
        "description": about + ABOUT_EVENTS,
        "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
    }
