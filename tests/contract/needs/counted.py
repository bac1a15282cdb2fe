# SPDX-License-Identifier: Apache-2.0
"""A store as a service would have it after the story, with something of all that can be on its way, and its count."""

from datetime import timedelta
from typing import Any

from tests.contract.needs.plays import CASTS, performed
from tests.contract.needs.story import whole_story

from chassis.clock import SystemClock, parse_instant
from chassis.effects import Effects
from chassis.log_ends import Ends, LogEnds
from chassis.messages import Message
from chassis.mongo import Database
from chassis.operating.counting import Census, Counted
from chassis.operating.counts import message_of
from chassis.records import Reader
from ventanilla_contracts.envelope import Actor

AT = parse_instant("2026-07-10T15:00:00Z")
TOPIC = "intake-cases"


class _Ends(LogEnds):
    def __init__(self, topic: str) -> None:
        self._topic = topic

    async def now(self) -> Ends:
        return {(self._topic, 0): 7}


async def store_counted(service: str, database: Database) -> Message:
    """What the service would publish of this store."""
    cast, stage = CASTS[service](), performed(service)[0].stage
    for aggregate in cast.aggregates:
        if documents := stage.subjects(aggregate.name):
            await database.collection(aggregate.name).insert_many(documents)
    for collection, row in _on_the_way(service).items():
        await database.collection(collection).insert_one(row)
    counted = Counted(service, cast.aggregates, {}, service)
    own = counted.own[0] if counted.own else TOPIC
    event = await Census(database, SystemClock(), counted).count(_Ends(own), actor=Actor(id=service, role="service"))
    return message_of(event)


def _on_the_way(service: str) -> dict[str, dict[str, Any]]:
    """One row of each kind, in the form in which the chassis keeps it."""
    told = next(one for one in whole_story() if one.topic == TOPIC)
    effects = Effects()
    parsed = Reader("", {TOPIC: True}, frozenset()).read(told.record())
    effects.park(parsed, "LookupError while deciding", service=service, now=AT)
    (parked_id, parked), own = next(iter(effects.parked.items())), Counted(service, (), {}, service).own
    headers = [["ce_seq", b"1"]]
    return {
        "marks": {"_id": f"{service}/{TOPIC}/0", "position": {"next": 3, "offset": 2, "timestamp": 0}},
        "parked": {"_id": parked_id, **(parked or {})},
        "waiting": {"_id": "w", "since": AT - timedelta(hours=1)},
        "outbox": {"_id": "p/1", "at": AT, "messages": [[topic, b"case", b"{}", headers] for topic in own or [TOPIC]]},
        "audit": {"what": "accept", "outcome": "accepted", "topic": TOPIC, "subject": told.example.key, "seq": 2},
    }
