# SPDX-License-Identifier: Apache-2.0
"""What every event has: its base class, its actor, and the CloudEvents headers it travels with (design 3)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from hashlib import sha1
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic_core import PydanticKnownError

NAMESPACE = UUID("6f1c1f0e-7f0b-5d0e-9a53-6b0f6e1f8a11")
"""Namespace of every id that Ventanilla derives from other ids."""

_NAMESPACE_BYTES = NAMESPACE.bytes

MAX_EVENT_BYTES = 256 * 1024
"""An event is at most this long; longer text is a file with its start in the event."""

_COUNT = re.compile(r"[0-9]{1,18}")  # what every store keeps as a 64-bit integer


def to_instant(value: datetime) -> datetime:
    """The same moment in UTC, cut to the millisecond that MongoDB keeps.

    >>> to_instant(datetime.fromisoformat("2026-03-02T22:30:00.123456-05:00")).isoformat()
    '2026-03-03T03:30:00.123000+00:00'
    """
    if value.tzinfo is None:
        raise ValueError("a time needs its offset, as in 2026-03-02T10:15:00-05:00")
    try:
        value = value.astimezone(UTC)
    except OverflowError:  # pydantic lets only ValueError become a fault of the field
        raise ValueError("a time must lie between the years 1 and 9999 in UTC") from None
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


def _as_text(value: object) -> object:
    """Pydantic alone would also take numbers, for seconds since 1970."""
    if isinstance(value, int | float) or (isinstance(value, str) and value[4:5] != "-"):
        raise PydanticKnownError("datetime_parsing", {"error": "expected an RFC 3339 time with offset"})
    return value


def _checked(value: datetime) -> datetime:
    """``to_instant``, with faults that readers can translate."""
    if value.tzinfo is None:
        raise PydanticKnownError("timezone_aware")
    try:
        return to_instant(value)
    except ValueError as error:
        raise PydanticKnownError("datetime_parsing", {"error": str(error)}) from None


Instant = Annotated[datetime, AfterValidator(_checked), BeforeValidator(_as_text)]
"""A moment: RFC 3339 with offset on the wire, UTC to the millisecond inside."""

LocalDate = Annotated[date, PlainSerializer(date.isoformat, return_type=str)]
"""A day in the organisation's zone; ISO 8601 text wherever it is stored."""

ShortText = Annotated[str, Field(max_length=500)]
LongText = Annotated[str, Field(max_length=60_000)]


class Frozen(BaseModel):
    """A value: never changed, and written without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Actor(Frozen):
    """Who did it: a member of staff, a citizen, a channel system or a service."""

    id: str
    role: str


class StaffRef(Frozen):
    """A member of staff as they were when the event happened."""

    id: str
    name: str
    email: str


class FileRef(Frozen):
    """A file in the store beside Kafka, addressed by its content (design 4)."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    name: Annotated[str, Field(min_length=1, max_length=255)]
    type: Annotated[str, Field(max_length=127)]
    size: Annotated[int, Field(ge=0, strict=True)]
    scan: Literal["unscanned", "clean", "infected"] = "unscanned"


class Event(Frozen):
    """Base of every event: a fact in the past tense, on one topic, by one actor.

    A subclass names itself once: ``class CaseFiled(Event, type="case-filed.v1", topic="intake-cases")``.
    What is personal in it stands in one field, ``personal``. ``<service>`` in its topic stands for each producer: then
    every service has such a topic of its own.
    """

    TYPE: ClassVar[str]
    TOPIC: ClassVar[str]

    actor: Actor

    def __init_subclass__(cls, *, type: str = "", topic: str = "", **kwargs: Any) -> None:  # noqa: A002
        super().__init_subclass__(**kwargs)
        cls.TYPE, cls.TOPIC = type, topic

    @classmethod
    def topic_of(cls, producer: str) -> str:
        """The topic on which this producer publishes it."""
        return cls.TOPIC.replace("<service>", producer)

    @classmethod
    def read(cls, value: bytes) -> "Event":
        """Decode as a reader does: unknown fields are ignored. Raises pydantic.ValidationError."""
        return cls.model_validate_json(value, extra="ignore")


class Malformed(ValueError):
    """A message whose headers are not an envelope; its text says which and what was expected."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """CloudEvents 1.0 attributes of one event, in binary mode.

    ``seq`` counts the producer's events per topic and key from 1; None on topics that channel systems write.
    ``seen`` holds, per other topic, the last seq that the producer had applied to the same subject.
    """

    id: str
    type: str
    source: str
    subject: str
    time: datetime
    seq: int | None = None
    seen: Mapping[str, int] = field(default_factory=dict)
    traceparent: str | None = None

    def headers(self) -> list[tuple[str, bytes]]:
        """The Kafka headers of this envelope. Raises ValueError for a time without offset."""
        pairs = [
            ("ce_specversion", b"1.0"),
            ("ce_id", self.id.encode()),
            ("ce_type", self.type.encode()),
            ("ce_source", self.source.encode()),
            ("ce_subject", self.subject.encode()),
            ("ce_time", _written(self.time)),
            ("content-type", b"application/json"),
        ]
        if self.seq is not None:
            pairs.append(("ce_seq", b"%d" % self.seq))
        if self.seen:
            seen = ",".join(f"{topic}={seq}" for topic, seq in sorted(self.seen.items()))
            pairs.append(("ce_seen", seen.encode()))
        if self.traceparent:
            pairs.append(("traceparent", self.traceparent.encode()))
        return pairs

    @classmethod
    def from_headers(cls, headers: Iterable[tuple[str, bytes | None]]) -> "Envelope":
        """Read an envelope; every header must be UTF-8 text. Raises Malformed."""
        text = {name: _header_text(name, value) for name, value in headers}
        if text.get("ce_specversion") != "1.0":
            raise Malformed("header ce_specversion: expected 1.0")
        return cls(
            id=_required(text, "ce_id"),
            type=_required(text, "ce_type"),
            source=_required(text, "ce_source"),
            subject=_required(text, "ce_subject"),
            time=_time(_required(text, "ce_time")),
            seq=_seq(text["ce_seq"]) if "ce_seq" in text else None,
            seen=_seen(text.get("ce_seen", "")),
            traceparent=text.get("traceparent")
            or text.get("ce_traceparent"),  # some libraries take it for an attribute
        )


def event_id(topic: str, key: str, seq: int) -> str:
    """The id of the seq-th event of a key on a topic: the same at each retry, never shared by two events.

    It is uuid5(NAMESPACE, "topic/key/seq"), written out because uuid's own objects cost five times as much.
    """
    digest = sha1(_NAMESPACE_BYTES + f"{topic}/{key}/{seq}".encode(), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(digest[16], 16) & 3]
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


@lru_cache(maxsize=64)
def _written(time: datetime) -> bytes:
    """Kept, since the events of a batch share their time. Raises ValueError for a time without offset."""
    return to_instant(time).isoformat(timespec="milliseconds").replace("+00:00", "Z").encode()


def _header_text(name: str, value: bytes | None) -> str:
    if value is None:
        raise Malformed(f"header {name}: has no value")
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise Malformed(f"header {name}: is not UTF-8") from None


def _required(text: Mapping[str, str], name: str) -> str:
    if not text.get(name):
        raise Malformed(f"header {name}: is missing")
    return text[name]


def _time(value: str) -> datetime:
    try:
        return to_instant(datetime.fromisoformat(value))
    except ValueError:
        raise Malformed("header ce_time: expected an RFC 3339 time with offset") from None


def _seq(value: str) -> int:
    if not _COUNT.fullmatch(value) or int(value) == 0:
        raise Malformed("header ce_seq: expected a whole number from 1")
    return int(value)


def _seen(value: str) -> dict[str, int]:
    if not value:
        return {}
    pairs = [part.partition("=") for part in value.split(",")]
    if not all(topic and _COUNT.fullmatch(seq) for topic, _, seq in pairs):
        raise Malformed("header ce_seen: expected topic=seq, comma separated")
    return {topic: int(seq) for topic, _, seq in pairs}
