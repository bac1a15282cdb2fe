# SPDX-License-Identifier: Apache-2.0
"""The same step as hexkit's guide builds it: subscriber, translator, DAO, persistent publisher; the same rules.

Runs in an environment of its own (`hexkit_environment.py`).
"""

import asyncio
import json
import sys
import time
from typing import Any

from hexkit.protocols.eventsub import EventSubscriberProtocol
from hexkit.providers.akafka import KafkaEventSubscriber
from hexkit.providers.mongodb import MongoDbDaoFactory
from hexkit.providers.mongokafka import MongoKafkaConfig, PersistentKafkaPublisher

from chassis.decision import Decision, Received
from routing.domain.case import Case
from tests.bench.workload import START, TOPIC, cases, settings
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.intake import CaseFiled


class Translator(EventSubscriberProtocol):  # type: ignore[misc]  # not in the workspace, so not typed
    """Decides about a case filed, keeps the state, publishes what follows."""

    def __init__(self, prefix: str, database: str, dao: Any, publisher: PersistentKafkaPublisher) -> None:
        self.types_of_interest = [CaseFiled.TYPE]
        self.topics_of_interest = [prefix + TOPIC]
        self._prefix = prefix
        self._decide = cases(settings(prefix, database)).decide
        self._dao = dao
        self._publisher = publisher

    async def _consume_validated(self, *, payload: Any, type_: str, topic: str, key: str, event_id: Any) -> None:
        filed = CaseFiled.model_validate(payload)
        decision = self._decide(None, Received(filed, str(event_id), key, START, TOPIC), START)
        assert isinstance(decision, Decision)
        await self._dao.insert(decision.state)
        for event in decision.events:
            assert isinstance(event, Event)
            await self._publisher.publish(
                payload=event.model_dump(mode="json", exclude_none=True),
                type_=event.TYPE,
                topic=self._prefix + event.TOPIC,
                key=key,
            )


async def run(prefix: str, database: str, events: int) -> dict[str, float]:
    """Events a second, and CPU seconds of this process per 1,000 events."""
    own = settings(prefix, database)
    config = MongoKafkaConfig(
        service_name=f"{prefix}hexkit",
        service_instance_id="1",
        kafka_servers=[own.kafka_bootstrap_servers],
        mongo_dsn=own.mongodb_uri,
        db_name=database,
    )
    async with (
        MongoDbDaoFactory.construct(config=config) as factory,
        PersistentKafkaPublisher.construct(config=config, dao_factory=factory) as publisher,
    ):
        dao = await factory.get_dao(name="cases", dto_model=Case, id_field="id")
        translator = Translator(prefix, database, dao, publisher)
        async with KafkaEventSubscriber.construct(config=config, translator=translator) as subscriber:
            await subscriber.run(forever=False)  # the first: connections, collections
            started, cpu = time.perf_counter(), time.process_time()
            for _ in range(events - 1):
                await subscriber.run(forever=False)
            seconds, spent = time.perf_counter() - started, time.process_time() - cpu
    return {"per_second": (events - 1) / seconds, "cpu_per_1000": spent / (events - 1) * 1000}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(sys.argv[1], sys.argv[2], int(sys.argv[4])))))
