# SPDX-License-Identifier: Apache-2.0
"""The bare loop: getmany, pydantic, the same rules, one bulk write, send. No framework, and no promise kept.

A crash between any two of its lines loses or doubles work: it is only the yardstick.
"""

import asyncio
import json
import secrets
import sys
import time

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import InsertOne

from chassis.decision import Decision, Received
from chassis.topics import load_topics
from tests.bench.workload import BATCH, START, TOPIC, cases, settings
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.registry import EVENTS


async def run(prefix: str, events: int) -> dict[str, float]:
    """Events a second, and CPU seconds of this process per 1,000 events."""
    assert load_topics()
    own = settings(prefix, f"bench_bare_{secrets.token_hex(4)}")
    decide = cases(own).decide
    client: AsyncIOMotorClient[dict[str, object]] = AsyncIOMotorClient(own.mongodb_uri)
    collection = client[own.database]["cases"]
    await collection.insert_one({"_id": "made"})
    producer = AIOKafkaProducer(
        bootstrap_servers=own.kafka_bootstrap_servers, enable_idempotence=True, max_batch_size=256 * 1024
    )
    consumer = AIOKafkaConsumer(
        prefix + TOPIC,
        bootstrap_servers=own.kafka_bootstrap_servers,
        group_id=f"{prefix}bare-{secrets.token_hex(4)}",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await producer.start()
    await consumer.start()
    try:
        started, cpu, done = 0.0, 0.0, 0
        while done < events:
            batches = await consumer.getmany(timeout_ms=200, max_records=BATCH)
            records = [record for batch in batches.values() for record in batch]
            if records and not started:
                started, cpu = time.perf_counter(), time.process_time()
            writes, sends = [], []
            for record in records:
                headers = dict(record.headers)
                case = record.key.decode()
                filed = EVENTS[headers["ce_type"].decode()].model_validate_json(record.value)
                decision = decide(None, Received(filed, headers["ce_id"].decode(), case, START, TOPIC), START)
                assert isinstance(decision, Decision)
                writes.append(InsertOne({"_id": case, **decision.state.model_dump()}))
                outgoing = [event for event in decision.events if isinstance(event, Event)]
                sends += [(record.key, event.TOPIC, event.TYPE, event.model_dump_json().encode()) for event in outgoing]
            if writes:
                await collection.bulk_write(writes, ordered=False)
                futures = [
                    await producer.send(prefix + topic, value, key=key, headers=[("ce_type", kind.encode())])
                    for key, topic, kind, value in sends
                ]
                await asyncio.gather(*futures)
                await consumer.commit()
                done += len(records)
        return {
            "events_per_second": done / (time.perf_counter() - started),
            "cpu_per_1000": (time.process_time() - cpu) / done * 1000,
        }
    finally:
        await consumer.stop()
        await producer.stop()
        await client.drop_database(own.database)
        client.close()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(sys.argv[1], int(sys.argv[2])))))
