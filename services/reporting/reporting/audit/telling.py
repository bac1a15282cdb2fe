# SPDX-License-Identifier: Apache-2.0
"""An audit as JSON, and in words for the terminal."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from reporting.audit.run import Audited
from reporting.domain.audit.findings import CHECKS, Check, Finding, Open

LOOKED_AT: dict[Check, str] = {
    "records": "topics are whole, their records readable and in place",
    "sequences": "per topic and subject, no seq is missing or told twice with other content",
    "seen": "nobody has seen an event that does not exist",
    "submissions": "each accepted submission has exactly one final outcome and its case",
    "numbers": "each case has one number; consecutive per year, check digits right",
    "handling": "each case that routing read has a deadline and a responder",
    "answers": "each answer was sent, published, handed over or filed, and approved",
    "stores": "each store agrees with the topics at the positions where it was counted",
    "on-the-way": "what waits has a cause, and nothing lies unpublished",
    "counts": "each service counted its store within 26 hours",
}


def as_json(audited: Audited) -> dict[str, Any]:
    """Everything; of each check the first findings by name, all in ``disagreements``."""
    verdict = audited.verdict
    return {
        "began_at": audited.began_at.isoformat(),
        "seconds": round(audited.seconds, 3),
        "cases": verdict.cases,
        "records": verdict.records,
        "counted_at": {name: at and at.isoformat() for name, at in verdict.counted_at.items()},
        "agrees": not verdict.disagreements,
        "disagreements": dict(verdict.findings.counts),
        "findings": [{k: v for k, v in asdict(one).items() if v is not None} for one in verdict.findings],
        "open": [{k: v for k, v in asdict(one).items() if v not in (None, ())} for one in verdict.open],
    }


def as_text(audited: Audited) -> Iterator[str]:
    """Line by line: what was looked at, what does not agree and where, what is open, and the sum of it."""
    verdict = audited.verdict
    looked_at = f"{verdict.cases} cases, {verdict.records} records, {audited.seconds:.1f} s"
    yield f"{looked_at}, {audited.began_at:%Y-%m-%d %H:%M} UTC"
    for service, at in verdict.counted_at.items():
        yield f"  {service} counted its store {f'{at:%Y-%m-%d %H:%M:%S} UTC' if at else 'never'}"
    yield ""
    for check in CHECKS:
        count = verdict.findings.counts[check]
        yield f"{'ok  ' if not count else 'FAIL'} {check}: {LOOKED_AT[check]}{f' - {count} not' if count else ''}"
        for one in verdict.findings:
            if one.check == check:
                yield f"       {one.text}{_where(one)}"
    if verdict.open:
        yield ""
        yield "Open, no fault:"
        for still in verdict.open:
            yield f"  {_open(still)}"
            for example in still.examples:
                yield f"       {example}"
    yield ""
    yield "All agrees." if not verdict.disagreements else f"{verdict.disagreements} do not agree."


def _where(one: Finding) -> str:
    """Topic, partition, offset, case and bucket, as far as they are known."""
    place = "/".join(str(part) for part in (one.partition, one.offset) if part is not None)
    parts = [
        one.case_number and f"case {one.case_number}",
        one.subject and f"subject {one.subject}",
        one.topic and f"{one.topic} {place}".rstrip(),
        one.bucket and f"bucket {one.bucket}",
    ]
    told = ", ".join(part for part in parts if part)
    return f" [{told}]" if told else ""


def _open(one: Open) -> str:
    since = f", the oldest for {_duration(one.since_seconds)}" if one.since_seconds is not None else ""
    return f"{one.what}: {one.count}{since}. {one.text}"


def _duration(seconds: int) -> str:
    """
    >>> _duration(59), _duration(3700), _duration(200_000)
    ('59 s', '1 h 1 min', '2 d 7 h')
    """
    minutes, hours = seconds // 60, seconds // 3600
    if hours >= 24:
        return f"{hours // 24} d {hours % 24} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min" if minutes else f"{seconds} s"
