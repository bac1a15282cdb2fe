# SPDX-License-Identifier: Apache-2.0
"""Where the bytes of an event may still lie: its topic, the outbox, the dead letters, rows that wait or are parked."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from chassis.log_ends import TopicsMissing
from chassis.messages import Message
from chassis.mongo import Database, translated
from chassis.operating.log_reading import Logs
from chassis.records import Reader, StoredRecord, Undecodable
from chassis.topics import dead_letter_topics, load_topics
from ventanilla_contracts.envelope import event_id
from ventanilla_contracts.registry import EVENTS

DLQ_HEADERS = "dlq-"


@dataclass(frozen=True, slots=True)
class Copy:
    """An event as it is to be published again, and where it was found."""

    seq: int
    message: Message
    place: str


class Copies:
    """Looks for the events of one subject on one topic."""

    def __init__(self, database: Database, logs: Logs, prefix: str) -> None:
        self._database = database
        self._logs = logs
        self._prefix = len(prefix)

    async def on_topic(self, topic: str, subject: str) -> dict[int, str]:
        """Those that its readers can read, seq by seq, and where. Raises TopicsMissing, KafkaError."""
        found: dict[int, str] = {}
        async with aclosing(self._logs.of_key(topic, subject)) as records:
            async for record in records:
                seq = _seq(Message(topic, record.key, record.value, record.headers), subject)
                if seq is not None:
                    found.setdefault(seq, f"partition {record.partition}, offset {record.offset}")
        return found

    async def elsewhere(self, topic: str, subject: str, seqs: set[int]) -> dict[int, Copy]:
        """A copy of each of these seqs that is anywhere; looked for no longer than needed. Raises as ``on_topic``."""
        found: dict[int, Copy] = {}
        for source in (self._in_outbox, self._in_dead_letters, self._in_rows):
            if seqs <= found.keys():
                break
            async with aclosing(source(topic, subject)) as copies:
                async for message, place in copies:
                    seq = _seq(message, subject)
                    if seq in seqs and seq is not None:
                        found.setdefault(seq, Copy(seq, message, place))
        return found

    async def _in_outbox(self, topic: str, subject: str) -> AsyncGenerator[tuple[Message, str], None]:
        key = subject.encode()
        with translated():
            async for row in self._database.collection("outbox").find({}, {"messages": 1}):
                for message in map(Message.from_fields, row["messages"]):
                    if message.topic == topic and message.key == key:
                        yield message, "the outbox"

    async def _in_dead_letters(self, topic: str, subject: str) -> AsyncGenerator[tuple[Message, str], None]:
        for letters in dead_letter_topics(load_topics()[topic]):
            try:
                async with aclosing(self._logs.of_key(letters, subject)) as records:
                    async for record in records:
                        headers = tuple(one for one in record.headers if not one[0].startswith(DLQ_HEADERS))
                        yield Message(topic, record.key, record.value, headers), letters
            except TopicsMissing:
                continue

    async def _in_rows(self, topic: str, subject: str) -> AsyncGenerator[tuple[Message, str], None]:
        with translated():
            async for row in self._database.collection("waiting").find({"subject": subject}):
                if row["topic"][self._prefix :] == topic:
                    yield _message(topic, row), "the events that wait"
            async for row in self._database.collection("parked").find({"subject": subject, "source": topic}):
                yield _message(topic, row), f"the parked record {row['_id']}"


def _message(topic: str, row: Mapping[str, Any]) -> Message:
    record = StoredRecord.from_row(row)
    return Message(topic, record.key, record.value, record.headers)


def _seq(message: Message, subject: str) -> int | None:
    """Which event of the subject it is; None if it is none that readers could apply, or not the one it claims to be."""
    reader = Reader("", {message.topic: True}, frozenset(EVENTS))
    parsed = reader.read(StoredRecord(message.topic, 0, 0, 0, message.key, message.value, message.headers))
    if isinstance(parsed, Undecodable) or parsed.envelope.subject != subject or parsed.envelope.seq is None:
        return None
    seq = parsed.envelope.seq
    return seq if parsed.envelope.id == event_id(message.topic, subject, seq) else None
