# SPDX-License-Identifier: Apache-2.0
"""Events as messages: the headers they travel with, where their payload is described, how one looks."""

from collections.abc import Mapping, Sequence
from typing import Any

from ventanilla_contracts.envelope import Event
from ventanilla_contracts.example import Example
from ventanilla_contracts.topics import CHANNEL_SYSTEMS, TopicSpec

BINDING = "0.5.0"
"""Version of the Kafka bindings of AsyncAPI."""

DEAD_LETTER = "dead-letter"
DEAD_LETTER_HEADERS = "dead-letter-headers"
EXAMPLES = 2
_KEYS = {
    "case": "The id of the case.",
    "submission": "The id of the submission; a channel system takes its own.",
    "program": "The id of the survey, audit or improvement action.",
    "report": "The id of the report.",
    "service": "The name of the service.",
}

CORRELATION = {
    "subject": {
        "description": "All events of a case have its id as their subject; `traceparent` tells what caused which.",
        "location": "$message.header#/ce_subject",
    }
}

_TEXT = {"type": "string", "minLength": 1}
_COMMON = {
    "ce_specversion": {"type": "string", "const": "1.0"},
    "ce_id": {**_TEXT, "description": "The same at each delivery of this event, and of no other."},
    "ce_type": {**_TEXT, "description": "Name and version of the event: choose by it."},
    "ce_source": {**_TEXT, "format": "uri-reference", "description": "Who says it."},
    "ce_subject": {**_TEXT, "description": "What it is about; the same as the key of the record."},
    "ce_time": {"type": "string", "format": "date-time", "description": "When it was said, RFC 3339 with offset."},
    "content-type": {"type": "string", "const": "application/json"},
}
_OPTIONAL = {
    "traceparent": {
        "type": "string",
        "pattern": "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
        "description": "W3C Trace Context.",
    },
}
_ORDER = {
    "ce_seq": {
        "type": "string",
        "pattern": "^[1-9][0-9]{0,17}$",
        "description": "Counts its producer's events of this key on this topic: 1, 2, 3, without gap. Apply last + 1, "
        "drop what is not newer, keep the rest until its turn.",
    },
}
_SEEN = {
    "ce_seen": {
        "type": "string",
        "pattern": "^[a-z-]+=[0-9]{1,18}(,[a-z-]+=[0-9]{1,18})*$",
        "description": "How much of other topics its producer had applied to this subject: apply that much first.",
        "examples": ["intake-cases=2,routing-cases=5"],
    },
}
_WHY = {
    "dlq-reason": "Why it could not be applied.",
    "dlq-service": "Who could not apply it.",
    "dlq-topic": "Where it was read.",
    "dlq-partition": "In which partition.",
    "dlq-offset": "At which offset.",
    "dlq-timestamp": "Kafka's time of the record, milliseconds since 1970.",
    "dlq-at": "When it was set aside, RFC 3339.",
}

HEADERS: dict[str, dict[str, Any]] = {
    "event-headers": {
        "type": "object",
        "description": "CloudEvents 1.0, binary mode. All headers are UTF-8 text.",
        "required": [*_COMMON],
        "properties": {**_COMMON, **_OPTIONAL},
    },
    "sequenced-event-headers": {
        "type": "object",
        "description": "CloudEvents 1.0, binary mode, and which event of its key it is. All headers are UTF-8 text.",
        "required": [*_COMMON, *_ORDER],
        "properties": {**_COMMON, **_ORDER, **_SEEN, **_OPTIONAL},
    },
    DEAD_LETTER_HEADERS: {
        "type": "object",
        "description": "Those of the original record, and why it is here.",
        "required": [*_WHY],
        "properties": {name: {"type": "string", "description": about} for name, about in _WHY.items()},
    },
}
"""Schemas of headers by name."""


def header_schema(spec: TopicSpec) -> str:
    """Which of `HEADERS` the events of a topic have."""
    return "sequenced-event-headers" if spec.sequenced else "event-headers"


def message(event: type[Event], specs: Sequence[TopicSpec], examples: Mapping[str, Example]) -> dict[str, Any]:
    """An event on these topics, which are all keyed and counted alike. `examples` by what they show."""
    sources = [f"/{spec.producer}" for spec in specs if spec.producer != CHANNEL_SYSTEMS]
    shown = {name: one for name, one in examples.items() if not sources or one.headers["ce_source"] in sources}
    described = {
        "name": event.TYPE,
        "title": event.__name__,
        "summary": " ".join((event.__doc__ or "").partition("\n\n")[0].split()),
        "contentType": "application/json",
        "correlationId": {"$ref": "#/components/correlationIds/subject"},
        "headers": _headers(event, specs[0], sources),
        "payload": {"$ref": f"#/components/schemas/{event.TYPE}"},
        "bindings": {"kafka": {"key": _key(specs[0]), "bindingVersion": BINDING}},
        "examples": [_example(name, shown[name]) for name in sorted(shown)[:EXAMPLES]],
    }
    return {name: part for name, part in described.items() if part}


def dead_letter() -> dict[str, Any]:
    """Any record that could not be applied: its bytes as they came, which may be no event at all."""
    return {
        "name": DEAD_LETTER,
        "title": "A record that could not be applied",
        "summary": "The original key, value and headers, and why they are here in `dlq-` headers.",
        "contentType": "application/octet-stream",
        "headers": {"$ref": f"#/components/schemas/{DEAD_LETTER_HEADERS}"},
        "payload": {"description": "The value as it came."},
    }


def _headers(event: type[Event], spec: TopicSpec, sources: Sequence[str]) -> dict[str, Any]:
    own: dict[str, Any] = {"ce_type": {"type": "string", "const": event.TYPE}}
    if len(sources) == 1:
        own["ce_source"] = {"type": "string", "const": sources[0]}
    elif sources:
        own["ce_source"] = {"type": "string", "enum": [*sources]}
    return {"type": "object", "allOf": [{"$ref": f"#/components/schemas/{header_schema(spec)}"}], "properties": own}


def _key(spec: TopicSpec) -> dict[str, Any]:
    return {"type": "string", "description": _KEYS[spec.key]}


def _example(name: str, example: Example) -> dict[str, Any]:
    return {
        "name": name,
        "summary": name.replace("-", " ").capitalize(),
        "headers": example.headers,
        "payload": example.value,
    }
