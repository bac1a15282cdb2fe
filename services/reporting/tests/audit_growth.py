# SPDX-License-Identifier: Apache-2.0
"""What an audit costs as a house grows: ``python services/reporting/tests/audit_growth.py [cases …]``.

Each case is filed, handled, answered by mail, checked and closed: 11 records. They are made one by one and handed to
the audit as the broker would hand them over; five stores have counted themselves at the end of all topics, of which one
has lost a case. Told are processor seconds (the machine may be busy with other things) and how much memory grew.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from audit_story import BEGAN, SERVICES, SPECS, Store, Stored, case_number
from reporting_story import BOGOTA

from reporting.domain.audit.cases import Cases
from reporting.domain.audit.house_log import HouseLog
from reporting.domain.audit.lines import Headers
from reporting.domain.audit.verdict import Audit
from ventanilla_contracts.envelope import Envelope, event_id

LATER = BEGAN + timedelta(days=1)
PARTITIONS = 12
LOST = "case-7"
CASE: dict[str, tuple[str, ...]] = {
    "intake-cases": ("case-filed",),
    "intake-outcomes": ("submission-created",),
    "notifications-deliveries": ("delivery-sent", "delivery-sent"),
    "routing-cases": (
        "case-classified",
        "case-assigned",
        "deadline-set",
        "answer-approved",
        "case-answered",
        "case-closed",
    ),
    "satisfaction-checks": ("check-waived",),
}
"""The events of a case, by topic."""

Record = tuple[str, int, int, int, bytes, bytes, Headers]


def records(cases: int) -> Iterator[Record]:
    """All records, topic by topic."""
    stamp = int(BEGAN.timestamp() * 1000)
    for topic, types in CASE.items():
        offsets = [0] * PARTITIONS
        for n in range(cases):
            key = f"submission-{n}" if topic == "intake-outcomes" else f"case-{n}"
            for seq, type_ in enumerate(types, 1):
                partition = n % PARTITIONS
                value = json.dumps(_value(type_, n)).encode()
                yield topic, partition, offsets[partition], stamp, key.encode(), value, _headers(topic, type_, key, seq)
                offsets[partition] += 1


def _headers(topic: str, type_: str, key: str, seq: int) -> Headers:
    seen = {"intake-cases": 1} if topic not in ("intake-cases", "intake-outcomes") else {}
    source = f"/{SPECS[topic].producer}"
    id_ = event_id(topic, key, seq)
    return Envelope(id=id_, type=f"{type_}.v1", source=source, subject=key, time=BEGAN, seq=seq, seen=seen).headers()


def _value(type_: str, n: int) -> dict[str, Any]:
    """With some text, as real ones have."""
    answer = {"answer_id": f"answer-{n}", "delivery": "email"}
    case = {"case_number": case_number(n + 1), "case_id": f"case-{n}", "submission_id": f"submission-{n}"}
    submission = {"channel": "web", "external_id": f"form-{n}", "registered_at": BEGAN.isoformat()}
    return {**answer, **case, **submission, "personal": {"text": "Sobre la cuota del crédito. " * 20}}


def ends_of(cases: int) -> dict[tuple[str, int], int]:
    """By topic and partition."""
    return {(t, p): len(CASE[t]) * -(-(cases - p) // PARTITIONS) for t in CASE for p in range(PARTITIONS)}


def store(service: str, cases: int) -> Store:
    """A store that is at the end of everything."""
    reads = {t: len(CASE[t]) for t in CASE if service in SPECS[t].consumers and SPECS[t].key == "case"}
    made = {t: len(CASE[t]) for t in CASE if SPECS[t].producer == service and SPECS[t].key == "case"}
    ends = ends_of(cases)
    own = {place: end for place, end in ends.items() if SPECS[place[0]].producer == service}
    read = {place: end for place, end in ends.items() if service in SPECS[place[0]].consumers}
    found = Store(service, read, own, own, counted_at=LATER)
    for n in range(cases):
        found.subjects[f"case-{n}"] = Stored(reads, made)
    if service == "intake":
        found.told = {f"submission-{n}" for n in range(cases)}
    if service == "reporting":
        for n in range(cases):
            found.subjects[f"submission-{n}"] = Stored({"intake-outcomes": 1})
    return found


def audited(cases: int) -> dict[str, float]:
    """What it took. Raises AssertionError if it does not find the case that is lost, and nothing else."""
    counts = {}
    for service in SERVICES:
        one = store(service, cases)
        if service == "routing":
            del one.subjects[LOST]
        counts[service] = one.count()
    before, began = _memory(), time.process_time()
    for _ in records(cases):
        pass
    making = time.process_time() - began
    house = HouseLog(SPECS, Cases(BOGOTA), began_ms=int(LATER.timestamp() * 1000), watched=set())
    audit = Audit(house, SPECS, counts)
    began = time.process_time()
    for record in records(cases):
        house.take(*record)
    reading = time.process_time() - began - making
    began = time.process_time()
    bounds = {place: (0, end) for place, end in ends_of(cases).items()}
    verdict = audit.verdict(bounds, real_now=LATER, house_now=LATER)
    judging = time.process_time() - began
    assert [one.subject for one in verdict.findings] == [LOST], verdict.findings.counts
    return {"records": house.records, "reading": reading, "judging": judging, "megabytes": _memory() - before}


def _memory() -> float:
    """The most that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    if len(sys.argv) == 2:
        print(json.dumps(audited(int(sys.argv[1]))))
        sys.exit()
    print(f"{'cases':>9} {'records':>9} {'read s':>8} {'judge s':>8} {'us/record':>10} {'MB':>6}")
    for cases in map(int, sys.argv[1:] or ["20000", "200000"]):
        words = [sys.executable, __file__, str(cases)]
        done = subprocess.run(words, check=True, capture_output=True, text=True)  # noqa: S603
        found = json.loads(done.stdout)
        each = found["reading"] / found["records"] * 1e6
        print(
            f"{cases:>9} {found['records']:>9} {found['reading']:>8.1f} {found['judging']:>8.1f} {each:>10.1f}"
            f" {found['megabytes']:>6.0f}"
        )
