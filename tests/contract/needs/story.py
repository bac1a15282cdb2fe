# SPDX-License-Identifier: Apache-2.0
"""The story that each service plays: the six golden cases, and two more in which there is what those have not."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import JsonValue
from tests.contract.needs.told import Told, golden_story, told

from chassis.clock import parse_instant
from ventanilla_contracts.envelope import Envelope, event_id
from ventanilla_contracts.example import Example

LETTER, LETTER_SUBMISSION = "8f2b4c6e-0d55-5b7a-9c11-2f60a7a3c001", "8f2b4c6e-0d55-5b7a-9c11-2f60a7a3c002"
"""A letter of many pages; the answer to it comes back."""

REGULATOR, REGULATOR_SUBMISSION = "8f2b4c6e-0d55-5b7a-9c11-2f60a7a3c003", "8f2b4c6e-0d55-5b7a-9c11-2f60a7a3c004"
"""A request of the regulator that nobody answers; the reminder has copies."""

ANSWER = "8f2b4c6e-0d55-5b7a-9c11-2f60a7a3c005"
FULL_TEXT: JsonValue = {"sha256": "5e" * 32, "name": "texto completo.txt", "type": "text/plain", "size": 74_000}
FORM: JsonValue = {"sha256": "6f" * 32, "name": "formato.pdf", "type": "application/pdf", "size": 9_000}
COPIED: JsonValue = [{"id": "catalina-ospina", "name": "Catalina Ospina", "email": "catalina.ospina@caja.example"}]

Like = tuple[str, str, str, str, dict[str, Any]]
"""A golden example, the name here, subject, time, and what differs."""

_CASES: tuple[Like, ...] = (
    (
        "submission-created.v1 phone-same-external-id",
        "letter",
        LETTER_SUBMISSION,
        "2026-05-04T15:00:00Z",
        {"channel": "written", "external_id": "folio-77", "same_external_id_as": None, "case_id": LETTER},
    ),
    (
        "case-filed.v1 phone",
        "letter-of-many-pages",
        LETTER,
        "2026-05-04T15:00:00Z",
        {
            "channel": "written",
            "submission_id": LETTER_SUBMISSION,
            "received_at": "2026-05-04T14:00:00Z",
            "registered_at": "2026-05-04T15:00:00Z",
            "full_text": FULL_TEXT,
        },
    ),
    ("case-classified.v1 claim-as-stated", "letter", LETTER, "2026-05-04T15:00:01Z", {}),
    ("case-assigned.v1 recreation", "letter", LETTER, "2026-05-04T15:00:01Z", {}),
    ("deadline-set.v1 general-over-a-holiday-by-phone", "letter", LETTER, "2026-05-04T15:00:01Z", {}),
    (
        "documents-requested.v1 certificate-and-payment",
        "with-a-form-to-fill-in",
        LETTER,
        "2026-05-04T16:00:00Z",
        {"request_id": "r-1", "due": "2026-05-08", "files": [FORM]},
    ),
    (
        "case-assigned.v1 recreation",
        "to-another-responder",
        LETTER,
        "2026-05-04T17:00:00Z",
        {"responder": {"id": "jorge-betancur", "name": "Jorge Betancur", "email": "jorge.betancur@caja.example"}},
    ),
    ("answer-approved.v1 by-mail-after-the-term", "letter", LETTER, "2026-05-05T15:00:00Z", {"answer_id": ANSWER}),
    (
        "delivery-failed.v1 acknowledgement-no-such-domain",
        "answer-that-came-back",
        LETTER,
        "2026-05-05T15:00:05Z",
        {"kind": "answer", "answer_id": ANSWER},
    ),
    (
        "submission-created.v1 regulator",
        "regulator-again",
        REGULATOR_SUBMISSION,
        "2026-05-06T15:00:00Z",
        {"external_id": "SSF-2-2026-007001", "case_id": REGULATOR},
    ),
    (
        "case-filed.v1 regulator",
        "regulator-again",
        REGULATOR,
        "2026-05-06T15:00:00Z",
        {
            "submission_id": REGULATOR_SUBMISSION,
            "received_at": "2026-05-06T14:00:00Z",
            "registered_at": "2026-05-06T15:00:00Z",
        },
    ),
    ("case-classified.v1 petition-of-the-regulator", "regulator-again", REGULATOR, "2026-05-06T15:00:01Z", {}),
    ("case-assigned.v1 regulator-with-copy", "regulator-again", REGULATOR, "2026-05-06T15:00:01Z", {}),
    ("deadline-set.v1 general-of-the-regulator", "regulator-again", REGULATOR, "2026-05-06T15:00:01Z", {}),
    (
        "deadline-approaching.v1 two-business-days-left",
        "with-copies",
        REGULATOR,
        "2026-06-30T15:00:00Z",
        {"copies": COPIED},
    ),
)
_RARE: tuple[Like, ...] = (
    ("case-answered.v1 by-mail-late", "twice-1", LETTER, "2026-07-01T15:00:00Z", {"answer_id": ANSWER}),
    ("case-answered.v1 by-mail-late", "twice-2", LETTER, "2026-07-02T15:00:00Z", {"answer_id": ANSWER}),
    ("case-closed.v1 filed-with-the-regulator", "without-an-answer", REGULATOR, "2026-07-03T15:00:00Z", {}),
    ("submission-received.v1 phone-form", "empty", "cc-2026-00999", "2026-07-04T15:00:00Z", {"personal": {}}),
    (
        "store-counted.v1 all-is-settled",
        "not-all-is-published",
        "routing",
        "2026-07-05T15:00:00Z",
        {
            "outbox": {"count": 1, "oldest_seconds": 40},
            "unpublished_count": 1,
            "unpublished": [{"topic": "routing-cases", "subject": LETTER, "seq": 9}],
            "accepted_count": 1,
            "accepted": [{"topic": "intake-cases", "subject": LETTER, "seq": 2}],
        },
    ),
)


@cache
def whole_story() -> tuple[Told, ...]:
    """In the order in which it happens."""
    return (*golden_story(), *_more())


def _more() -> Iterator[Told]:
    golden = {one.name: one for one in golden_story()}
    counts = Counter[tuple[str, str]]()
    for one in (*_CASES, *_RARE):
        model, subject = golden[one[0]], one[2]
        counts[model.topic, subject] += 1
        yield _like(model, one, counts[model.topic, subject])


def _like(model: Told, like: Like, count: int) -> Told:
    """As its producer would have sent it: the count-th of its topic about this subject."""
    _, name, subject, at, differs = like
    identity, seq = event_id(model.topic, subject, count), None if model.envelope.seq is None else count
    envelope = Envelope(identity, model.type, model.envelope.source, subject, parse_instant(at), seq)
    headers = {header: value.decode() for header, value in envelope.headers()}
    value = {field: one for field, one in {**model.example.value, **differs}.items() if one is not None}
    return told(Example(key=subject, headers=headers, value=value), name, rare=like in _RARE)
