# SPDX-License-Identifier: Apache-2.0
"""The oracle finds each anomaly in a story that is sound but for this one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.faults.evidence import Evidence, LetterSeen, Record, Seen
from tests.faults.oracle import STEPS, anomalies, doubled_letters, late, repeated
from tests.faults.people import Promise
from tests.faults.plan import Wish

WISH = Wish("w-1", "petition", "web", answered=True, at=0.0)
CASE, SUBMISSION, NUMBER = "case-1", "submission-1", "CAJA-2026-000001-7"
FILED, ROUTED, SENT, CHECKED = "intake-cases", "routing-cases", "notifications-deliveries", "satisfaction-checks"
LETTERS = ("acknowledgement", "assignment", "answer")


def records(*seqs: int, partition: int = 3) -> list[Record]:
    return [Record(partition, offset, seq, f"event-{seq}") for offset, seq in enumerate(seqs)]


def sound() -> Evidence:
    """One petition, filed, answered and closed, as it must look everywhere."""
    log = {
        FILED: {CASE: records(1)},
        ROUTED: {CASE: records(1, 2, 3)},
        SENT: {CASE: records(1, 2)},
        CHECKED: {CASE: records(1)},
        "intake-outcomes": {SUBMISSION: records(1)},
    }
    all_read = {FILED: 1, ROUTED: 3, SENT: 2, CHECKED: 1}

    def seen(*topics: str, **more: Any) -> dict[str, Seen]:
        return {CASE: Seen({topic: all_read[topic] for topic in topics}, number=NUMBER, **more)}

    return Evidence(
        promises=[Promise(WISH, NUMBER)],
        filed={"w-1@correo.example": [CASE]},
        stores={
            "intake": seen(ROUTED, SENT, CHECKED, emitted={FILED: 1}, steps=STEPS),
            "routing": seen(FILED, SENT, CHECKED, emitted={ROUTED: 3}, status="closed"),
            "notifications": seen(FILED, ROUTED, emitted={SENT: 2}),
            "satisfaction": seen(FILED, ROUTED, emitted={CHECKED: 1}, status="waived"),
            "reporting": seen(*all_read),
        },
        submissions={SUBMISSION: Seen({"intake-outcomes": 1})},
        log=log,
        letters=[LetterSeen(CASE, kind, "sent", f"<{kind}>") for kind in LETTERS],
        mails=Counter({f"<{kind}>": 1 for kind in LETTERS}),
        numbers=[1],
        sums={"received": 1},
        expected_sums={"received": 1},
        left={},
        may_double_letters=False,
    )


def with_log(topic: str, found: Sequence[Record], key: str = CASE) -> Evidence:
    story = sound()
    return replace(story, log={**story.log, topic: {key: found}})


def with_seen(service: str, **changes: Any) -> Evidence:
    story = sound()
    seen = replace(story.stores[service][CASE], **changes)
    return replace(story, stores={**story.stores, service: {CASE: seen}})


def with_letter(kind: str, state: str) -> Evidence:
    story = sound()
    return replace(story, letters=[replace(one, state=state) if one.kind == kind else one for one in story.letters])


def arriving(kind: str, times: int, *, may_double: bool = False) -> Evidence:
    story = sound()
    return replace(story, mails=Counter({**story.mails, f"<{kind}>": times}), may_double_letters=may_double)


def test_a_sound_story_has_no_anomaly() -> None:
    assert anomalies(sound()) == []


WRONG = {
    "an accepted case that intake does not have": (
        replace(sound(), filed={}),
        "lost write: w-1 was accepted and intake has no case of it",
    ),
    "a case that a service does not have": (
        replace(sound(), stores={**sound().stores, "reporting": {}}),
        "lost write: w-1 is not in reporting",
    ),
    "a case under another number than was promised": (
        replace(sound(), promises=[Promise(WISH, "CAJA-2026-000002-5")]),
        "lost write: w-1 was promised as CAJA-2026-000002-5",
    ),
    "an event that was counted and is not in the log": (
        with_seen("routing", emitted={ROUTED: 4}),
        "lost write: routing counted routing-cases case-1 to 4, the log has 3",
    ),
    "two cases of one submission": (
        replace(sound(), filed={"w-1@correo.example": [CASE, CASE]}),
        "duplicate: w-1 became 2 cases",
    ),
    "two events under one seq": (
        with_log(FILED, [*records(1), Record(3, 1, 1, "another")]),
        "duplicate: intake-cases case-1 has 2 events with seq 1",
    ),
    "an event that a reader did not apply": (
        with_seen("notifications", applied={FILED: 1, ROUTED: 2}),
        "unseen: notifications read routing-cases case-1 to 2 of 3",
    ),
    "an outcome that reporting did not apply": (
        replace(sound(), submissions={SUBMISSION: Seen({})}),
        "unseen: reporting read the outcomes of submission-1 to 0 of 1",
    ),
    "a seq that is missing in the log": (
        with_log(ROUTED, records(1, 3)),
        "gap: routing-cases case-1 has the seqs [1, 3]",
    ),
    "a case in two partitions": (
        with_log(ROUTED, [*records(1, 2), *records(3, partition=4)]),
        "reordering: routing-cases case-1 lies in several partitions",
    ),
    "steps in another order": (
        with_seen("intake", steps=("filed", "deadline-set", "assigned")),
        "reordering: intake applied the steps of case-1",
    ),
    "a step taken twice": (
        with_seen("intake", steps=("filed", "assigned", "assigned")),
        "reordering: intake applied the steps of case-1",
    ),
    "a number that was given twice": (replace(sound(), numbers=[1, 1]), "number gap: 1 was given 2 times"),
    "a number that is missing": (replace(sound(), numbers=[1, 3]), "number gap: [2] are missing"),
    "a case that is not where it must be": (
        with_seen("routing", status="assigned"),
        "outcome: w-1 is assigned in routing, expected closed",
    ),
    "a check that is not where it must be": (
        with_seen("satisfaction", status="pending"),
        "outcome: w-1 is pending in satisfaction, expected waived",
    ),
    "a letter that was never written": (replace(sound(), letters=sound().letters[1:]), "letters: w-1 has"),
    "a letter written twice": (
        replace(sound(), letters=[*sound().letters, LetterSeen(CASE, "answer", "sent", "<answer>")]),
        "letters: w-1 has",
    ),
    "a letter that was not sent": (with_letter("answer", "due"), "letters: answer of case-1 is due"),
    "an answer that was dropped": (with_letter("answer", "pointless"), "letters: answer of case-1 was dropped"),
    "a letter that is said to be sent and did not arrive": (
        arriving("acknowledgement", 0),
        "letter missing: acknowledgement of case-1",
    ),
    "a notice that arrived twice where none may": (
        arriving("assignment", 2),
        "duplicate: assignment of case-1 arrived 2 times",
    ),
    "an answer that arrived twice where notices may": (
        arriving("answer", 2, may_double=True),
        "duplicate: answer of case-1 arrived 2 times",
    ),
    "a sum that counts something twice": (
        replace(sound(), sums={"received": 2}),
        "sums: reporting says received = 2, expected 1",
    ),
    "something left in an outbox": (replace(sound(), left={"routing outbox": 2}), "left: 2 in routing outbox"),
    "a refusal that says nothing": (replace(sound(), unclear=["unclear refusal: /"]), "unclear refusal: /"),
    "a process that gave up": (replace(sound(), ended=["routing-a"]), "ended: routing-a"),
}


@pytest.mark.parametrize(("story", "line"), WRONG.values(), ids=WRONG)
def test_the_oracle_finds(story: Evidence, line: str) -> None:
    assert any(found.startswith(line) for found in anomalies(story))


def test_a_notice_may_arrive_twice_where_its_sending_and_its_noting_can_part() -> None:
    story = arriving("assignment", 2, may_double=True)
    assert anomalies(story) == []
    assert doubled_letters(story) == 1


def test_a_record_published_again_is_counted_and_is_no_anomaly() -> None:
    story = with_log(ROUTED, [Record(3, n, seq, f"event-{seq}") for n, seq in enumerate((1, 2, 2, 3))])
    assert anomalies(story) == []
    assert repeated(story.log) == 1
    assert late(story.log) == 0


def test_a_record_that_another_process_published_later_is_counted_and_is_no_anomaly() -> None:
    story = with_log(ROUTED, [Record(3, n, seq, f"event-{seq}") for n, seq in enumerate((1, 3, 2))])
    assert anomalies(story) == []
    assert late(story.log) == 1
    assert repeated(story.log) == 0
