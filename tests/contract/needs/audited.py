# SPDX-License-Identifier: Apache-2.0
"""Reporting's audit of the whole house over the story: it reads all topics, each value by a small model of its own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from tests.contract.needs.paths import fields_of
from tests.contract.needs.told import Told
from tests.contract.needs.watch import Watch

from chassis.topics import load_topics
from reporting.domain.audit import values
from reporting.domain.audit.cases import Cases
from reporting.domain.audit.house_log import HouseLog
from reporting.domain.audit.submissions import KINDS
from reporting.domain.audit.verdict import Audit, Verdict, last_counts, unsettled_subjects
from ventanilla_contracts.audits import StoreCounted
from ventanilla_contracts.registry import EVENTS


def audited(story: Sequence[Told], watch: Watch) -> Verdict:
    """The verdict on the story, as if it had been published a day ago, one partition a topic."""
    counts = last_counts([one.event for one in story if isinstance(one.event, StoreCounted)])
    for count in counts.values():
        watch.follow(count)
    last = max(one.envelope.time for one in story)
    with watch.watching():
        cases = Cases(ZoneInfo("America/Bogota"))
        soon = int(last.timestamp() * 1000) + 86_400_000
        house = HouseLog(load_topics(), cases, began_ms=soon, watched=unsettled_subjects(counts))
        audit = Audit(house, load_topics(), counts)
        for event_type in (*cases._takers, *KINDS):
            watch.read(event_type.decode(), ())
        ends = _read(house, story, watch)
        return audit.verdict(ends, real_now=last, house_now=last)


def _read(house: HouseLog, story: Sequence[Told], watch: Watch) -> dict[tuple[str, int], tuple[int, int]]:
    offsets = dict.fromkeys(house.specs, 0)
    for told in story:
        if told.topic in offsets:
            record = told.record()
            with _by_models(watch, told.type):
                house.take(told.topic, 0, offsets[told.topic], *_rest(record))
            offsets[told.topic] += 1
    return {(topic, 0): (0, end) for topic, end in offsets.items()}


def _rest(record: Any) -> tuple[Any, ...]:
    return record.timestamp, record.key, record.value, record.headers


@contextmanager
def _by_models(watch: Watch, event_type: str) -> Iterator[None]:
    """What a model of the audit names is read, as far as this event has it: some are for several events."""
    plain: Any = BaseModel.model_validate_json.__func__  # type: ignore[attr-defined]

    def noting(cls: type[BaseModel], data: bytes, /, **options: Any) -> BaseModel:
        if cls.__module__ == values.__name__:
            watch.read(event_type, fields_of(cls).keys() & fields_of(EVENTS[event_type]).keys())
        read: BaseModel = plain(cls, data, **options)
        return read

    with patch.object(BaseModel, "model_validate_json", classmethod(noting)):
        yield
