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
from itertools import islice
from pathlib import Path

from audit_stores import Store
from audit_town import BEGAN, SERVICES, SPECS, case_number
from reporting_story import BOGOTA

from chassis.operating.ledgers import StoreSums
from reporting.domain.audit.cases import Cases
from reporting.domain.audit.house_log import HouseLog
from reporting.domain.audit.lines import Headers
from reporting.domain.audit.verdict import Audit
from ventanilla_contracts.audits import StoreCounted
from ventanilla_contracts.envelope import Envelope

LATER = BEGAN + timedelta(days=1)
PARTITIONS = 12
LOST = 7
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

TEXT = "Sobre la cuota del crédito. " * 20

Record = tuple[str, int, int, int, bytes, bytes, Headers]


def records(cases: int) -> Iterator[Record]:
    """All records, topic by topic; made by hand, since this must not take longer than what is measured."""
    stamp = int(BEGAN.timestamp() * 1000)
    for topic, types in CASE.items():
        offsets = [0] * PARTITIONS
        kind = b"submission" if SPECS[topic].key == "submission" else b"case"
        heads = [_headers(topic, type_, seq) for seq, type_ in enumerate(types, 1)]
        for n in range(cases):
            key, partition, value = b"%s-%d" % (kind, n), n % PARTITIONS, _value(n)
            for head in heads:
                yield topic, partition, offsets[partition], stamp, key, value, [*head, ("ce_subject", key)]
                offsets[partition] += 1


def _headers(topic: str, type_: str, seq: int) -> Headers:
    seen = {"intake-cases": 1} if topic not in ("intake-cases", "intake-outcomes") else {}
    source = f"/{SPECS[topic].producer}"
    made = Envelope(id=str(seq), type=f"{type_}.v1", source=source, subject="x", time=BEGAN, seq=seq, seen=seen)
    return [header for header in made.headers() if header[0] != "ce_subject"]


def _value(n: int) -> bytes:
    """All that an audit reads of any event, and some text, as real ones have."""
    return (
        f'{{"answer_id":"answer-{n}","delivery":"email","case_number":"{case_number(n + 1)}","case_id":"case-{n}",'
        f'"submission_id":"submission-{n}","channel":"web","external_id":"form-{n}",'
        f'"registered_at":"{BEGAN.isoformat()}","personal":{{"text":"{TEXT}"}}}}'
    ).encode()


def ends_of(cases: int) -> dict[tuple[str, int], int]:
    """By topic and partition."""
    return {(t, p): len(CASE[t]) * -(-(cases - p) // PARTITIONS) for t in CASE for p in range(PARTITIONS)}


def count_of(service: str, cases: int, *, without: int = -1) -> StoreCounted:
    """The count of a store that is at the end of everything, and has lost one case."""
    reads = {t: len(CASE[t]) for t in CASE if service in SPECS[t].consumers}
    made = {t: len(CASE[t]) for t in CASE if SPECS[t].producer == service}
    own = {place: end for place, end in ends_of(cases).items() if place[0] in made}
    read = {place: end for place, end in ends_of(cases).items() if place[0] in reads}
    told = [topic for topic in made if SPECS[topic].key == "submission"]
    sums = StoreSums(reads, [topic for topic in made if topic not in told], told)
    of_cases = {topic: [seq, ""] for topic, seq in reads.items() if SPECS[topic].key == "case"}
    of_submissions = {topic: [seq, ""] for topic, seq in reads.items() if SPECS[topic].key == "submission"}
    for n in range(cases):
        if n != without:
            sums.add_subject({"_id": f"case-{n}", "applied": of_cases, "emitted": made})
        if of_submissions:
            sums.add_subject({"_id": f"submission-{n}", "applied": of_submissions, "emitted": {}})
        for topic in told:
            sums.add_told(topic, f"submission-{n}")
    count = Store(service, read, own, own, counted_at=LATER).count()
    return count.model_copy(update={"ledgers": sums.ledgers()})


def audited(cases: int) -> dict[str, float]:
    """What it took. Raises AssertionError if it does not find the case that is lost, and nothing else."""
    counts = {name: count_of(name, cases, without=LOST if name == "routing" else -1) for name in SERVICES}
    before, reading = _memory(), 0.0
    house = HouseLog(SPECS, Cases(BOGOTA), began_ms=int(LATER.timestamp() * 1000), watched=set())
    audit = Audit(house, SPECS, counts)
    left = records(cases)
    while some := list(islice(left, 10_000)):
        began = time.process_time()
        for record in some:
            house.take(*record)
        reading += time.process_time() - began
    began = time.process_time()
    bounds = {place: (0, end) for place, end in ends_of(cases).items()}
    verdict = audit.verdict(bounds, real_now=LATER, house_now=LATER)
    judging = time.process_time() - began
    assert [one.subject for one in verdict.findings] == [f"case-{LOST}"], verdict.findings.counts
    return {"records": house.records, "reading": reading, "judging": judging, "megabytes": _memory() - before}


def _memory() -> float:
    """What this process has in memory now, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


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
