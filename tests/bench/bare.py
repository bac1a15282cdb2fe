# SPDX-License-Identifier: Apache-2.0
"""The bare loop: getmany, pydantic, the same rules, one bulk write a collection, send. No framework, no promise kept.

A crash between any two of its lines loses or doubles work: it is only the yardstick. What it writes is as durable as
the step's: MongoDB's default of majority (and journal), acks=all from Kafka.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from typing import Any, TypeAlias

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import InsertOne, ReplaceOne

from chassis.decision import Decision, Insert, Received
from tests.bench.workload import BATCH, START, TOPIC, cases, settings
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.registry import EVENTS

Record: TypeAlias = "ConsumerRecord[bytes, bytes]"


class Bare:
    """The loop's clients, and what it does with a batch."""

    def __init__(self, prefix: str, database: str) -> None:
        own = settings(prefix, database)
        servers = own.kafka_bootstrap_servers
        self._prefix = prefix
        self._rules = cases(own)
        self._client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(own.mongodb_uri)
        self._database = self._client.get_database(database, codec_options=CodecOptions(tz_aware=True))
        self.producer = AIOKafkaProducer(bootstrap_servers=servers, enable_idempotence=True, max_batch_size=256 * 1024)
        self.consumer = AIOKafkaConsumer(
            prefix + TOPIC, bootstrap_servers=servers, group_id=f"{prefix}bare", auto_offset_reset="earliest"
        )

    async def inserts(self, records: Sequence[Record]) -> None:
        """Each record is the first of its case."""
        decided = [(record, self._decide(record, None)) for record in records]
        states = [InsertOne({"_id": record.key.decode(), **made.state.model_dump()}) for record, made in decided]
        await self._database["cases"].bulk_write(states, ordered=False)
        await self._rows(decided)
        await self._send(decided)

    async def updates(self, records: Sequence[Record]) -> None:
        """Each record is about a case that exists."""
        found = self._database["cases"].find({"_id": {"$in": [record.key.decode() for record in records]}})
        before = {row.pop("_id"): self._rules.state.model_validate(row) for row in await found.to_list(None)}
        decided = [(record, self._decide(record, before[record.key.decode()])) for record in records]
        states = [
            ReplaceOne({"_id": key}, {"_id": key, **made.state.model_dump()})
            for record, made in decided
            if (key := record.key.decode())
        ]
        await self._database["cases"].bulk_write(states, ordered=False)
        await self._rows(decided)
        await self._send(decided)

    def _decide(self, record: Record, before: object) -> Decision[Any]:
        headers = dict(record.headers)
        event = EVENTS[headers["ce_type"].decode()].model_validate_json(record.value)
        message = Received(event, headers["ce_id"].decode(), record.key.decode(), START, TOPIC)
        decision = self._rules.decide(before, message, START)
        assert isinstance(decision, Decision)
        return decision

    async def _rows(self, decided: Sequence[tuple[Record, Decision[Any]]]) -> None:
        rows: dict[str, list[InsertOne[Any]]] = {}
        for _, made in decided:
            for row in made.rows:
                assert isinstance(row, Insert)
                rows.setdefault(row.collection, []).append(InsertOne({"_id": row.id, **row.document}))
        for collection, inserts in rows.items():
            await self._database[collection].bulk_write(inserts, ordered=False)

    async def _send(self, decided: Sequence[tuple[Record, Decision[Any]]]) -> None:
        sent = []
        for record, made in decided:
            for event in made.events:
                assert isinstance(event, Event)
                value = event.model_dump_json(exclude_none=True).encode()
                headers = [("ce_type", event.TYPE.encode())]
                sent.append(
                    await self.producer.send(self._prefix + event.TOPIC, value, key=record.key, headers=headers)
                )
        await asyncio.gather(*sent)

    async def stop(self) -> None:
        await self.consumer.stop()
        await self.producer.stop()
        self._client.close()


async def run(prefix: str, database: str, what: str, events: int) -> dict[str, float]:
    """Events a second, and CPU seconds of this process per 1,000 events."""
    bare = Bare(prefix, database)
    await bare.producer.start()
    await bare.consumer.start()
    apply = {"inserts": bare.inserts, "updates": bare.updates}[what]
    started = cpu = 0.0
    done = 0
    try:
        while done < events:
            batches = await bare.consumer.getmany(timeout_ms=200, max_records=BATCH)
            records = [record for batch in batches.values() for record in batch]
            if records:
                if not started:
                    started, cpu = time.perf_counter(), time.process_time()
                await apply(records)
                done += len(records)
        seconds, spent = time.perf_counter() - started, time.process_time() - cpu
        return {"per_second": done / seconds, "cpu_per_1000": spent / done * 1000}
    finally:
        await bare.stop()


if __name__ == "__main__":
    where, kept_in, kind, count = sys.argv[1:]
    print(json.dumps(asyncio.run(run(where, kept_in, kind, int(count)))))
