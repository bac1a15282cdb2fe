# SPDX-License-Identifier: Apache-2.0
"""One audit of the house: the last count of each store, then every topic, then the verdict."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import ValidationError

from chassis.clock import clock_from
from chassis.positions import Record
from chassis.topics import load_topics
from reporting.audit.reading import TopicReader, topic_reader
from reporting.domain.audit.cases import Cases
from reporting.domain.audit.house_log import HouseLog
from reporting.domain.audit.verdict import Audit, Verdict, last_counts, unsettled_subjects
from reporting.settings import ReportingSettings
from ventanilla_contracts.audits import StoreCounted

COUNTS_READ = 20
"""So many of the last counts of each service are read; the last of them is taken."""


@dataclass(frozen=True)
class Audited:
    """A verdict, and when and how long the house was looked at; times are real."""

    began_at: datetime
    seconds: float
    verdict: Verdict


async def audit(settings: ReportingSettings) -> Audited:
    """Reads everything once. Raises TopicsMissing, BrokerSilent, KafkaError or OSError."""
    began, clock = datetime.now(UTC), time.monotonic()
    specs = load_topics()
    counted = [name for name, spec in specs.items() if spec.key == "service"]
    async with topic_reader(settings.kafka_bootstrap_servers, settings.kafka_topic_prefix, specs) as reader:
        counts = last_counts(await _counts(reader, counted))
        bounds = await reader.bounds(name for name in specs if name not in counted)
        house = HouseLog(
            specs,
            Cases(settings.zone),
            began_ms=int(began.timestamp() * 1000),
            watched=unsettled_subjects(counts),
        )
        auditing = Audit(house, specs, counts)
        for topic in house.specs:
            await reader.read(topic, bounds, _Taker(house, topic))
    verdict = auditing.verdict(bounds, real_now=began, house_now=clock_from(settings).now())
    return Audited(began, time.monotonic() - clock, verdict)


async def _counts(reader: TopicReader, topics: list[str]) -> list[StoreCounted]:
    """The last ones of each service; what cannot be read counts as not there."""
    found: list[StoreCounted] = []

    def take(record: Record) -> None:
        try:
            found.append(StoreCounted.model_validate_json(record.value or b"", extra="ignore"))
        except ValidationError:
            return

    for topic in topics:
        bounds = await reader.bounds([topic])
        late = {place: (max(start, end - COUNTS_READ), end) for place, (start, end) in bounds.items()}
        await reader.read(topic, late, take)
    return found


class _Taker:
    def __init__(self, house: HouseLog, topic: str) -> None:
        self._take = house.take
        self._topic = topic

    def __call__(self, record: Record) -> None:
        self._take(
            self._topic, record.partition, record.offset, record.timestamp, record.key, record.value, record.headers
        )
