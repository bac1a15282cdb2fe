# SPDX-License-Identifier: Apache-2.0
"""Read events once each and in order, into SQLite: python subscribe.py GROUP TOPIC…; Ctrl-C ends it.

Needs aiokafka and ventanilla-contracts. Addresses come from the environment: docs/integrate.md.
An event and the count of its topic and key are saved in one transaction: what comes again counts nothing twice.
"""

import asyncio
import json
import os
import sqlite3
import sys
from contextlib import suppress

from aiokafka import AIOKafkaConsumer, ConsumerRecord

from ventanilla_contracts.envelope import Envelope, Event
from ventanilla_contracts.registry import EVENTS

BROKER = {"bootstrap_servers": os.environ["KAFKA_BOOTSTRAP_SERVERS"]}  # and security_protocol=, sasl_…= if it asks
PREFIX = os.environ.get("KAFKA_TOPIC_PREFIX", "")

TABLES = """
create table if not exists counts (topic, key, seq integer, primary key (topic, key));
create table if not exists waiting (topic, key, seq integer, type, seen, value, primary key (topic, key, seq));
create table if not exists history (key, topic, seq integer, type, what);
"""


def apply(store: sqlite3.Connection, topic: str, key: str, seq: int, event: Event) -> None:
    """Yours: here every event goes into one table, without what is personal in it."""
    what = event.model_dump_json(exclude={"personal"}, exclude_none=True)
    store.execute("insert into history values (?, ?, ?, ?, ?)", (key, topic, seq, event.TYPE, what))
    print(f"{key} {topic}={seq} {event.TYPE}", flush=True)


def take(store: sqlite3.Connection, topics: set[str], record: ConsumerRecord) -> None:
    """One record: it waits, and whatever has its turn now is applied."""
    topic, envelope = record.topic.removeprefix(PREFIX), Envelope.from_headers(record.headers)
    key, seq = envelope.subject, envelope.seq or 0
    with store:  # one transaction
        if seq > count(store, topic, key):
            row = (topic, key, seq, envelope.type, json.dumps(dict(envelope.seen)), record.value)
            store.execute("insert or ignore into waiting values (?, ?, ?, ?, ?, ?)", row)
        while (found := next_of(store, topics, key)) is not None:
            topic, seq, kind, value = found
            if kind in EVENTS:  # others are not ours to know, but they count
                apply(store, topic, key, seq, EVENTS[kind].read(value))
            store.execute("insert or replace into counts values (?, ?, ?)", (topic, key, seq))
            store.execute("delete from waiting where topic = ? and key = ? and seq = ?", (topic, key, seq))


def next_of(store: sqlite3.Connection, topics: set[str], key: str) -> tuple[str, int, str, bytes] | None:
    """The event whose turn it is: the next of its topic, and what its producer had seen of our topics is applied."""
    rows = store.execute("select topic, seq, type, seen, value from waiting where key = ? order by topic, seq", (key,))
    for topic, seq, kind, seen, value in rows.fetchall():
        known = all(count(store, other, key) >= n for other, n in json.loads(seen).items() if other in topics)
        if known and seq == count(store, topic, key) + 1:
            return topic, seq, kind, value
    return None


def count(store: sqlite3.Connection, topic: str, key: str) -> int:
    row = store.execute("select seq from counts where topic = ? and key = ?", (topic, key)).fetchone()
    return int(row[0]) if row else 0


async def main(group: str, *topics: str) -> None:
    store = sqlite3.connect(f"{group}.sqlite")
    store.executescript(TABLES)
    names = [PREFIX + topic for topic in topics]
    async with AIOKafkaConsumer(
        *names, **BROKER, group_id=group, enable_auto_commit=False, auto_offset_reset="earliest"
    ) as consumer:
        while True:
            for records in (await consumer.getmany(timeout_ms=1000)).values():
                for record in records:
                    take(store, set(topics), record)
            await consumer.commit()  # after the store has it


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main(*sys.argv[1:]))
