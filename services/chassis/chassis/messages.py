# SPDX-License-Identifier: Apache-2.0
"""What goes out to Kafka: events, dead letters, outbox."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.records import Headers, Origin, RawRecord
from ventanilla_contracts.envelope import MAX_EVENT_BYTES, Envelope, Event, event_id
from ventanilla_contracts.topics import dead_letter_topic

OUTBOX_BYTES = 8 * 1024 * 1024
"""An outbox document holds at most this much, half of what MongoDB takes."""


class TooLarge(ValueError):
    """What was decided cannot be carried: longer text belongs in a file."""


@dataclass(frozen=True, slots=True)
class Message:
    """One record to publish; ``topic`` is without the prefix of the installation."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers

    def size(self) -> int:
        """Bytes it takes in an outbox document, roughly and never too few."""
        return 512 + len(self.key or b"") + len(self.value or b"") + sum(len(v or b"") + 24 for _, v in self.headers)

    def fields(self) -> list[Any]:
        return [self.topic, self.key, self.value, [[name, value] for name, value in self.headers]]

    @classmethod
    def from_fields(cls, fields: Sequence[Any]) -> "Message":
        topic, key, value, headers = fields
        return cls(topic, key, value, tuple((name, value) for name, value in headers))


def event_message(
    event: Event, *, key: str, seq: int, seen: dict[str, int], source: str, now: datetime, traceparent: str
) -> Message:
    """An event as it goes to Kafka. Raises TooLarge, or ValueError for what JSON cannot carry."""
    value = event.model_dump_json(exclude_none=True).encode()
    if len(value) > MAX_EVENT_BYTES:
        raise TooLarge(f"{event.TYPE}: {len(value)} bytes, at most {MAX_EVENT_BYTES}")
    envelope = Envelope(
        id=event_id(event.TOPIC, key, seq),
        type=event.TYPE,
        source=f"/{source}",
        subject=key,
        time=now,
        seq=seq,
        seen=seen,
        traceparent=traceparent,
    )
    return Message(event.TOPIC, key.encode(), value, envelope.headers())


def dead_letter(raw: RawRecord, origin: Origin, reason: str, *, service: str, now: datetime) -> Message:
    """A copy for the dead-letter topic: the original bytes, and why and where from in ``dlq-`` headers."""
    why = {
        "dlq-reason": reason,
        "dlq-service": service,
        "dlq-topic": origin.topic,
        "dlq-partition": str(origin.partition),
        "dlq-offset": str(origin.offset),
        "dlq-timestamp": str(origin.timestamp),
        "dlq-at": now.isoformat(),
    }
    headers = (*raw.headers, *((name, text.encode()) for name, text in why.items()))
    return Message(dead_letter_topic(origin.topic, service), raw.key, raw.value, headers)


def by_size(messages: Sequence[Message], limit: int = OUTBOX_BYTES) -> Iterator[list[Message]]:
    """Messages in order, in portions that fit an outbox document each."""
    portion: list[Message] = []
    size = 0
    for message in messages:
        if portion and size + message.size() > limit:
            yield portion
            portion, size = [], 0
        portion.append(message)
        size += message.size()
    if portion:
        yield portion
