# SPDX-License-Identifier: Apache-2.0
"""Collects the evidence from a house that runs: the log (what is new of it), the five stores, the mail, the sums."""

import asyncio
import email
import email.policy
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition
from pymongo import MongoClient
from pymongo.database import Database

from tests.faults.crew import Crew
from tests.faults.evidence import TOPICS, Evidence, LetterSeen, Record, Seen
from tests.faults.oracle import SERVICES
from tests.faults.people import People, Promise, address_of
from ventanilla_contracts.envelope import Envelope

PARTITIONS = 12
LEFTOVERS = ("outbox", "waiting", "parked")


@dataclass
class Collector:
    """`promises`: all of this house, of whatever cell."""

    crew: Crew
    client: MongoClient[dict[str, Any]]
    promises: list[Promise] = field(default_factory=list)
    log: dict[str, dict[str, list[Record]]] = field(default_factory=lambda: {topic: {} for topic in TOPICS})
    mails: Counter[str] = field(default_factory=Counter)
    _next: dict[TopicPartition, int] = field(default_factory=dict)
    _read_mails: set[str] = field(default_factory=set)

    def store(self, service: str) -> Database[dict[str, Any]]:
        return self.client[f"{self.crew.prefix}{service}"]

    def collect(self, people: People, *, may_double_letters: bool) -> Evidence:
        """The evidence about what these people were promised; a person deals with letters in doubt first."""
        promises = people.promises
        self._read_log()
        self._read_mail()
        self._settle_doubts()
        filed = self._filed([address_of(promise.wish) for promise in promises])
        cases = [case for ids in filed.values() for case in ids]
        stores = {service: self._seen(service, cases) for service in SERVICES}
        submissions = self._submissions(cases)
        keys = {*cases, *submissions}
        log = {topic: {key: of[key] for key in keys & of.keys()} for topic, of in self.log.items()}
        letters = self.store("notifications")["letters"].find({"case_id": {"$in": cases}})
        return Evidence(
            promises,
            filed,
            stores,
            submissions,
            log,
            [LetterSeen(row["case_id"], row["kind"], row["state"], row["message_id"]) for row in letters],
            self.mails,
            self._numbers(),
            self._sums(),
            self._expected_sums(),
            self._left(),
            may_double_letters,
            tuple(people.unclear),
            tuple(name for name, server in self.crew.instances.items() if server.pid is None),
        )

    def _filed(self, addresses: Sequence[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for row in self.store("intake")["cases"].find({"state.participants": {"$in": list(addresses)}}):
            for address in row["state"]["participants"]:
                found.setdefault(address, []).append(row["_id"])
        return found

    def _seen(self, service: str, cases: Sequence[str]) -> dict[str, Seen]:
        rows = self.store(service)["cases"].find({"_id": {"$in": list(cases)}})
        return {row["_id"]: _seen(row) for row in rows if row["state"] is not None}

    def _submissions(self, cases: Sequence[str]) -> dict[str, Seen]:
        """Those that intake has, as reporting has them."""
        rows = self.store("intake")["cases"].find({"_id": {"$in": list(cases)}}, {"state.submissions": 1})
        ids = [submission for row in rows for submission in row["state"]["submissions"]]
        found = {row["_id"]: _seen(row) for row in self.store("reporting")["submissions"].find({"_id": {"$in": ids}})}
        return {submission: found.get(submission, Seen({})) for submission in ids}

    def _numbers(self) -> list[int]:
        rows = self.store("intake")["cases"].find({}, {"state.number": 1})
        return [int(row["state"]["number"].split("-")[2]) for row in rows if row["state"]]

    def _sums(self) -> dict[str, float]:
        year = time.strftime("%Y")
        url = self.crew.house.url("reporting") + f"/v1/indicators?from={year}-01-01&to={year}-12-31"
        try:
            answer = httpx.get(url, headers=self.crew.token("manager"), timeout=15).raise_for_status()
        except httpx.HTTPError:
            return {}
        return {one["id"]: one["value"] for one in answer.json()["indicators"]}

    def _expected_sums(self) -> dict[str, int]:
        wishes = [promise.wish for promise in self.promises]
        answered = sum(wish.answered for wish in wishes)
        closed = sum(wish.kind == "compliment" or (wish.answered and wish.kind == "petition") for wish in wishes)
        return {"received": len(wishes), "answered": answered, "closed": closed, "open": len(wishes) - closed}

    def _left(self) -> dict[str, int]:
        stores = {service: self.store(service) for service in SERVICES}
        counts = {
            f"{name} {rows}": store[rows].count_documents({}) for name, store in stores.items() for rows in LEFTOVERS
        }
        return {where: n for where, n in counts.items() if n}

    def _settle_doubts(self) -> None:
        """Somebody looks whether it arrived: then it is confirmed, else it is sent once more."""
        for row in self.store("notifications")["letters"].find({"state": "unknown"}):
            act = "confirm" if self.mails[row["message_id"]] else "resend"
            url = self.crew.house.url("notifications") + f"/v1/deliveries/{row['_id']}/{act}"
            httpx.post(url, headers=self.crew.token("agent"), timeout=15)

    def _read_mail(self) -> None:
        for path in self.crew.ground.mail.glob("*.eml"):
            if path.name not in self._read_mails:
                mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                if mail["Message-ID"]:
                    self._read_mails.add(path.name)
                    self.mails[str(mail["Message-ID"])] += 1

    def _read_log(self) -> None:
        asyncio.run(self._read_new())

    async def _read_new(self) -> None:
        consumer = AIOKafkaConsumer(bootstrap_servers=self.crew.ground.kafka, enable_auto_commit=False)
        await consumer.start()
        try:
            partitions = [TopicPartition(self.crew.prefix + topic, n) for topic in TOPICS for n in range(PARTITIONS)]
            consumer.assign(partitions)
            ends = await consumer.end_offsets(partitions)
            for one in partitions:
                consumer.seek(one, self._next.get(one, 0))
            while any(self._next.get(one, 0) < ends[one] for one in partitions):
                for partition, records in (await consumer.getmany(timeout_ms=300)).items():
                    for record in records:
                        self._keep(partition, record)
        finally:
            await consumer.stop()

    def _keep(self, partition: TopicPartition, record: Any) -> None:
        if record.offset < self._next.get(partition, 0):
            return
        self._next[partition] = record.offset + 1
        envelope = Envelope.from_headers(record.headers)
        of_topic = self.log[partition.topic.removeprefix(self.crew.prefix)]
        kept = Record(partition.partition, record.offset, envelope.seq or 0, envelope.id)
        of_topic.setdefault(envelope.subject, []).append(kept)


def _seen(row: dict[str, Any]) -> Seen:
    state = row["state"] or {}
    progress = state.get("progress") or {}
    return Seen(
        applied={topic: last[0] for topic, last in row["applied"].items()},
        emitted=row["emitted"],
        number=state.get("number") or state.get("case_number"),
        status=state.get("status"),
        steps=tuple(step["code"] for step in progress.get("steps", ())),
    )
