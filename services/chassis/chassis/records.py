# SPDX-License-Identifier: Apache-2.0
"""Reading Kafka records one by one, never raising: FastStream's own parser loses a batch for one bad header."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from pydantic import ValidationError

from ventanilla_contracts.cloudevents import as_binary
from ventanilla_contracts.envelope import MAX_EVENT_BYTES, Envelope, Event, Malformed
from ventanilla_contracts.registry import event_name, is_known_name
from ventanilla_contracts.upcast import UPCASTS, Upcasts

Headers = Sequence[tuple[str, bytes | None]]


class RawRecord(Protocol):
    """A Kafka record, fresh or stored; `topic` is with the prefix of the installation."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Headers: ...


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as it lies in `waiting` and `parked` rows: the original bytes."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "StoredRecord":
        place = (row["topic"], row["partition"], row["offset"], row["timestamp"])
        return cls(*place, row["key"], row["value"], tuple((name, value) for name, value in row["headers"]))


LARGEST_KEPT = 4 * 1024 * 1024
"""What a topic allows on the wire; a record that was compressed may be far longer."""

START_KEPT = 64 * 1024


def kept(raw: RawRecord) -> RawRecord:
    """The record as a row and a dead letter can hold it; of one too long the start, the rest stays in its topic."""
    value = raw.value or b""
    if (
        len(raw.key or b"") + len(value) + sum(len(name) + len(data or b"") for name, data in raw.headers)
        <= LARGEST_KEPT
    ):
        return raw
    key = None if raw.key is None else raw.key[:1024]
    headers = tuple((name[:100], data and data[:1024]) for name, data in raw.headers[:32])
    return StoredRecord(raw.topic, raw.partition, raw.offset, raw.timestamp, key, value[:START_KEPT], headers)


def record_fields(raw: RawRecord) -> dict[str, Any]:
    """A record's own bytes and place, as fields of a row."""
    return {
        "topic": raw.topic,
        "partition": raw.partition,
        "offset": raw.offset,
        "timestamp": raw.timestamp,
        "key": raw.key,
        "value": raw.value,
        "headers": [[name, value] for name, value in raw.headers],
    }


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record stood in the log; ``topic`` is without the prefix of the installation."""

    topic: str
    partition: int
    offset: int
    timestamp: int


def parked_id(origin: Origin) -> str:
    """Names a record; with its time, since a topic may be created anew."""
    return f"{origin.topic}/{origin.partition}/{origin.offset}/{origin.timestamp}"


def waiting_id(aggregate: str, subject: str, topic: str, seq: int | None) -> str:
    """Topic and seq name a subject's event that waits; the id in its header is only a claim."""
    return f"{aggregate}/{subject}/{topic}/{seq}"


@dataclass(frozen=True, slots=True)
class Readable:
    """An event that this service handles, in the version that it handles."""

    origin: Origin
    raw: RawRecord
    envelope: Envelope
    event: Event


@dataclass(frozen=True, slots=True)
class Unhandled:
    """An event that only moves the sequence on; ``unknown`` ones are copied to the dead letters too."""

    origin: Origin
    raw: RawRecord
    envelope: Envelope
    unknown: bool


@dataclass(frozen=True, slots=True)
class Undecodable:
    """A record that cannot be read; to its subject it is a gap with a known cause."""

    origin: Origin
    raw: RawRecord
    reason: str
    envelope: Envelope | None = None


Parsed = Readable | Unhandled | Undecodable


class Reader:
    """Decodes the records of the topics that a service reads."""

    def __init__(
        self,
        prefix: str,
        sequenced: Mapping[str, bool],
        handled: frozenset[str],
        *,
        upcasts: Upcasts = UPCASTS,
    ) -> None:
        """``sequenced`` names every topic that is read; ``handled`` the event types that rules exist for."""
        self._prefix = len(prefix)
        self._sequenced = sequenced
        self._upcasts = upcasts
        self._handled_as = {name: as_type for name in upcasts.events if (as_type := upcasts.reached(name, handled))}
        self._handled_names = {event_name(name)[0] for name in handled}

    def read(self, raw: RawRecord) -> Parsed:
        """One record; never raises."""
        origin = Origin(raw.topic[self._prefix :], raw.partition, raw.offset, raw.timestamp)
        try:
            headers, value = as_binary(raw.headers, raw.value)
            envelope = Envelope.from_headers(headers)
        except Malformed as error:
            return Undecodable(origin, raw, str(error))
        if not self._sequenced[origin.topic]:  # its writers are many: a seq of one of them orders nothing
            envelope = replace(envelope, seq=None, seen={})
        reason = self._fault(origin, raw, envelope)
        if reason is not None:
            return Undecodable(origin, raw, reason, envelope)
        handled_as = self._handled_as.get(envelope.type)
        if handled_as is None:
            return self._unhandled(origin, raw, envelope)
        try:
            event = self._upcasts.read(envelope.type, value or b"", handled_as)
        except ValidationError as error:
            return Undecodable(origin, raw, _where(error), envelope)
        except Exception as error:  # a fault of an upcast of ours: this record waits for its cure
            return Undecodable(origin, raw, f"type {envelope.type}: its upcast raised {type(error).__name__}", envelope)
        return Readable(origin, raw, envelope, event)

    def set_aside(self, raw: RawRecord, reason: str) -> Undecodable:
        """A record that is not to be read any more: only its headers are looked at."""
        origin = Origin(raw.topic[self._prefix :], raw.partition, raw.offset, raw.timestamp)
        try:
            envelope = Envelope.from_headers(as_binary(raw.headers, raw.value)[0])
        except Malformed:
            return Undecodable(origin, raw, reason)
        return Undecodable(origin, raw, reason, envelope)

    def _fault(self, origin: Origin, raw: RawRecord, envelope: Envelope) -> str | None:
        if raw.key is None or raw.key != envelope.subject.encode():
            return "key: expected the same text as header ce_subject"
        if self._sequenced[origin.topic] and envelope.seq is None:
            return "header ce_seq: is missing"
        if raw.value is not None and len(raw.value) > MAX_EVENT_BYTES:
            return f"value: {len(raw.value)} bytes, expected at most {MAX_EVENT_BYTES}"
        return None

    def _unhandled(self, origin: Origin, raw: RawRecord, envelope: Envelope) -> Parsed:
        known = envelope.type in self._upcasts.events
        if self._is_other_version(envelope.type, known=known):
            return Undecodable(origin, raw, f"type {envelope.type}: a version that this service cannot read", envelope)
        return Unhandled(origin, raw, envelope, unknown=not known)

    def _is_other_version(self, event_type: str, *, known: bool) -> bool:
        """Rules exist for this event, or an event of ours has this name, but nothing leads from its version to them."""
        if not known:
            return is_known_name(event_type)
        return event_name(event_type)[0] in self._handled_names


def _where(error: ValidationError) -> str:
    """Which fields are wrong, without their values: those may be personal."""
    faults = [f"{'.'.join(map(str, fault['loc'])) or 'value'}: {fault['type']}" for fault in error.errors()[:5]]
    return "; ".join(faults)
