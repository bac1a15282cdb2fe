# SPDX-License-Identifier: Apache-2.0
"""The audit of made-up topics: a clean house has no finding, one with a fault has that finding and no other."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from audit_stores import Store, found, judge, stores_of
from audit_town import Told, Town, case_number, one, town_of_cases

from reporting.domain.audit.findings import Check

Stores = dict[str, Store]


def test_a_house_in_order_has_no_finding_and_says_what_is_open() -> None:
    town = town_of_cases()
    verdict = judge(town, stores_of(town))
    assert found(verdict) == []
    assert (verdict.disagreements, verdict.cases, verdict.records) == (0, 6, len(town.records()))
    assert {still.what: still.count for still in verdict.open} == {"submissions-held": 1, "answers-not-delivered": 1}
    held = next(still for still in verdict.open if still.what == "submissions-held")
    assert held.examples == ("s-held",)
    assert held.since_seconds is not None
    assert 86_000 < held.since_seconds < 86_400


def test_the_letter_of_a_part_of_an_answer_is_no_answer() -> None:
    town = town_of_cases()
    town.say("routing-cases", "case-6", "partial-answer-approved", {"answer_id": "part-of-case-6"})
    town.say("notifications-deliveries", "case-6", "delivery-sent", {"answer_id": "part-of-case-6"})
    assert found(judge(town, stores_of(town))) == []


def test_an_empty_house_is_in_order() -> None:
    assert found(judge(Town(), stores_of(Town()))) == []


Fault = Callable[[Town], object]
FILED = {"case_number": case_number(7), "submission_id": "s", "registered_at": "2026-03-02T15:00:00+00:00"}

ANSWERED_BY_MAIL = {"answer_id": "answer-of-case-5", "delivery": "email"}
FAULTS: list[tuple[str, Fault, Check, str]] = [
    (
        "a case number is left out",
        lambda town: (town.file("case-9", 9), town.handle("case-9")),
        "numbers",
        f"No case has the numbers {case_number(7)} to {case_number(8)}.",
    ),
    (
        "a number is given twice",
        lambda town: (town.file("case-9", 3), town.handle("case-9")),
        "numbers",
        f"{case_number(3)} was given twice, also to case case-3.",
    ),
    (
        "a check digit is wrong",
        lambda town: retold(town, "case-1", case_number(1)[:-1] + "0"),
        "numbers",
        "CAJA-2026-000001-0 is no case number: its form or its check digit is wrong.",
    ),
    (
        "a number is of the year before",
        lambda town: (town.file("case-9", registered_at="2027-01-01T06:00:00+00:00"), town.handle("case-9")),
        "numbers",
        f"{case_number(7)} was registered in 2027.",
    ),
    (
        "a case is filed twice",
        lambda town: town.say(
            "intake-cases", "case-6", "case-filed", {**FILED, "submission_id": "submission-of-case-6"}
        ),
        "numbers",
        f"The case was filed twice: as {case_number(6)} and as {case_number(7)}.",
    ),
    (
        "a submission has two final outcomes",
        lambda town: town.say(
            "intake-outcomes", "s-ignored", "submission-rejected", {"channel": "email", "external_id": "x"}, seen={}
        ),
        "submissions",
        "Submission s-ignored: a second final outcome, rejected after ignored.",
    ),
    (
        "a repetition tells another outcome",
        lambda town: town.say(
            "intake-outcomes",
            "s-ignored",
            "submission-rejected",
            {"channel": "email", "external_id": "x", "repeat": True},
            seen={},
        ),
        "submissions",
        "Submission s-ignored: repeats the outcome rejected, and the outcome was ignored.",
    ),
    (
        "a message joined a case and its submission has no outcome",
        lambda town: town.say("intake-cases", "case-1", "message-appended", {"submission_id": "s-lost"}),
        "submissions",
        "Submission s-lost: intake-cases has it in a case (appended), its outcome is none. The case is case-1.",
    ),
    (
        "a submission is in two cases",
        lambda town: town.say("intake-cases", "case-1", "message-appended", {"submission_id": "submission-of-case-2"}),
        "submissions",
        "Submission submission-of-case-2 was taken in twice, before by case case-2.",
    ),
    (
        "an outcome names a case that does not have it",
        lambda town: town.say(
            "intake-outcomes",
            "s-odd",
            "submission-appended",
            {"channel": "web", "external_id": "x", "case_id": "case-1"},
            seen={},
        ),
        "submissions",
        "Submission s-odd: its outcome is appended, and no case of intake-cases has it. The case is case-1.",
    ),
    (
        "what a channel system handed over has no outcome",
        lambda town: town.hand_over("c-2"),
        "submissions",
        "Intake has read the submission c-2 of channel chat and told no outcome of it.",
    ),
    (
        "somebody has seen what is not there",
        lambda town: town.say("routing-cases", "case-5", "documents-requested", {}, seen={"satisfaction-checks": 4}),
        "seen",
        "routing-cases seq 4 has seen satisfaction-checks seq 4, which ends at 0.",
    ),
    (
        "a case is told of and was never filed",
        lambda town: town.say("satisfaction-checks", "case-x", "check-waived", {}),
        "handling",
        "Events tell of it, and it was never filed.",
    ),
    (
        "routing says nothing of a case",
        lambda town: town.file("case-9"),
        "handling",
        "Routing has read it and told nothing of it: no deadline, no responder.",
    ),
    (
        "routing sets no deadline",
        lambda town: (
            town.file("case-9"),
            town.say("routing-cases", "case-9", "case-assigned", {}),
        ),
        "handling",
        "Routing never set its deadline.",
    ),
    (
        "an answer is told and no letter carried it",
        lambda town: (
            town.approve("case-5"),
            town.say(
                "routing-cases", "case-5", "case-answered", {"answer_id": "answer-of-case-5", "delivery": "email"}
            ),
        ),
        "answers",
        "Routing told that it was answered, and no letter on notifications-deliveries carried it.",
    ),
    (
        "an anonymous case is answered and nothing is published",
        lambda town: (
            town.approve("case-5", "published"),
            town.say(
                "routing-cases", "case-5", "case-answered", {"answer_id": "answer-of-case-5", "delivery": "published"}
            ),
        ),
        "answers",
        "Routing told that it was answered, and it was not published on routing-cases.",
    ),
    (
        "a letter carries an answer that nobody approved",
        lambda town: (
            town.answer("case-5"),
            town.say("notifications-deliveries", "case-5", "delivery-sent", {"answer_id": "answer-of-case-1"}),
        ),
        "answers",
        "An answer left the house that routing never approved for this case.",
    ),
    (
        "an answer was delivered and routing did not notice",
        lambda town: town.say("notifications-deliveries", "case-6", "delivery-sent", {"answer_id": "answer-of-case-6"}),
        "answers",
        "A letter with its answer was sent, and routing never told that the case was answered.",
    ),
    (
        "a record is written by somebody else",
        lambda town: town.say("routing-cases", "case-1", "case-closed", {}, source="/intake", seq=1),
        "records",
        "was written by /intake, expected /routing.",
    ),
    (
        "a case is told of in two partitions",
        lambda town: move_last(town, "routing-cases", "case-6"),
        "records",
        "others about the same subject in",
    ),
    (
        "a seq is told again with other content",
        lambda town: town.say("routing-cases", "case-1", "case-closed", {"reason": "another"}, seq=2),
        "sequences",
        "Seq 2 came twice with different content.",
    ),
]


def retold(town: Town, case: str, number: str) -> None:
    """As if it had been filed under this number from the start."""
    filed = one(town, "intake-cases", case, 1)
    right = next(n for n in range(1, 20) if case_number(n).encode() in filed.value)
    town.change(filed, value=filed.value.replace(case_number(right).encode(), number.encode()))
    town.file("case-0", right)
    town.handle("case-0")


def move_last(town: Town, topic: str, case: str) -> None:
    """The last event of a case stands in another partition."""
    told = town.records(topic, case)[-1]
    town.drop(told)
    other = (told.partition + 1) % 3
    place = town.log[topic, other]
    place.append(Told(topic, other, len(place), told.timestamp, told.key, told.value, told.headers))


@pytest.mark.parametrize(("name", "fault", "check", "text"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_each_fault_of_the_topics_is_found_and_nothing_else(name: str, fault: Fault, check: str, text: str) -> None:
    town = town_of_cases()
    fault(town)
    findings = found(judge(town, stores_of(town)))
    assert len(findings) == 1, findings
    assert findings[0][0] == check
    assert text in findings[0][1]


def test_a_number_is_of_the_local_year() -> None:
    town = town_of_cases()
    town.file("case-9", registered_at="2027-01-01T04:00:00+00:00")  # 23:00 on 31 December in Bogota
    town.handle("case-9")
    assert found(judge(town, stores_of(town))) == []


def test_an_event_that_the_broker_lost_is_missing_from_the_topic_and_from_nothing_else() -> None:
    town = town_of_cases()
    stores = stores_of(town)
    town.drop(one(town, "routing-cases", "case-1", 3))
    findings = found(judge(town, stores))
    assert findings[0] == ("sequences", "Seq 3 is missing, and 6 is there.")
    assert {check for check, _ in findings[1:]} <= {"stores", "handling"}
    assert any("of routing-cases seq 6 is applied, the topic has 2" in text for _, text in findings)


def test_an_event_told_twice_or_out_of_order_is_no_fault_and_is_counted() -> None:
    town = town_of_cases()
    again = one(town, "routing-cases", "case-1", 2)
    place = town.log[again.topic, again.partition]
    place.append(Told(again.topic, again.partition, len(place), again.timestamp, again.key, again.value, again.headers))
    town.say("routing-cases", "case-5", "documents-requested", {}, seq=5)
    town.say("routing-cases", "case-5", "documents-requested", {}, seq=4)
    verdict = judge(town, stores_of(town))
    assert found(verdict) == []
    opened = {still.what: still.count for still in verdict.open}
    assert (opened["published-twice"], opened["out-of-order"]) == (1, 1)


def test_a_topic_that_lost_its_beginning_or_its_tail_is_named() -> None:
    town = town_of_cases()
    stores = stores_of(town)
    place = ("satisfaction-checks", town.records("satisfaction-checks")[0].partition)
    assert found(judge(town, stores, starts={place: 1})) == [
        ("records", f"satisfaction-checks {place[1]} begins at offset 1: what stood before is gone.")
    ]
    town.drop(town.log[place][-1])
    texts = [text for check, text in found(judge(town, stores)) if check == "records"]
    end = town.ends()[place]
    assert (
        f"satisfaction has seen the end of satisfaction-checks {place[1]} at {end + 1}, and the topic ends at {end}."
        in texts
    )
    assert f"routing has read to satisfaction-checks {place[1]} at {end + 1}, and the topic ends at {end}." in texts


def test_what_was_published_just_now_is_judged_next_time() -> None:
    town = town_of_cases()
    town.file("case-9", 9)
    stores = stores_of(town)
    soon = judge(town, stores, at=town.now + timedelta(seconds=30))
    assert found(soon) == []
    assert {still.what for still in soon.open} >= {"numbers-not-there-yet"}
    later = found(judge(town, stores, at=town.now + timedelta(seconds=90)))
    assert [check for check, _ in later] == ["numbers", "handling"]


def test_a_case_whose_filing_was_not_read_yet_is_missed_only_once_its_outcome_is_old() -> None:
    """Topics end one moment after another: an outcome may be within the bounds, and what came before it not."""
    town = town_of_cases()
    outcome = {"channel": "web", "external_id": "s-9", "case_id": "case-9", "case_number": case_number(9)}
    town.say("intake-outcomes", "s-9", "submission-created", outcome, seen={})
    stores = stores_of(town)
    missed = ("handling", "Events tell of it, and it was never filed.")
    assert missed not in found(judge(town, stores, at=town.now + timedelta(seconds=30)))
    assert missed in found(judge(town, stores, at=town.now + timedelta(seconds=90)))


MAIL = {"channel": "email", "external_id": "x"}
REPEATED = {**MAIL, "repeat": True}


def test_outcomes_that_two_processes_published_in_another_order_than_they_happened_agree() -> None:
    """A process dies after its commit; another repeats the outcome before somebody publishes what was left."""
    town = town_of_cases()
    town.say("intake-outcomes", "s-late", "submission-ignored", REPEATED, seq=2, seen={})
    town.say("intake-outcomes", "s-late", "submission-ignored", MAIL, seq=1, seen={})
    town.say("intake-outcomes", "s-late-held", "submission-ignored", MAIL, seq=2, seen={})
    town.say("intake-outcomes", "s-late-held", "submission-held", MAIL, seq=1, seen={})
    verdict = judge(town, stores_of(town))
    assert found(verdict) == []
    assert {still.what: still.count for still in verdict.open}["submissions-held"] == 1  # s-held, of the town


def test_what_was_held_is_open_until_its_one_final_outcome_and_a_proposal_is_in_its_case() -> None:
    town = town_of_cases()
    town.say("intake-cases", "case-1", "delivery-proposed", {"submission_id": "s-held"})
    appended = {**MAIL, "case_id": "case-1", "case_number": case_number(1)}
    town.say("intake-outcomes", "s-held", "submission-appended", appended, seen={})
    verdict = judge(town, stores_of(town))
    assert found(verdict) == []
    assert "submissions-held" not in {still.what for still in verdict.open}
    town.say("intake-outcomes", "s-held", "submission-rejected", MAIL, seen={})
    second = ("submissions", "Submission s-held: a second final outcome, rejected after appended.")
    assert found(judge(town, stores_of(town))) == [second]


def test_a_repetition_that_tells_another_outcome_is_found_in_whatever_order() -> None:
    town = town_of_cases()
    town.say("intake-outcomes", "s-late", "submission-rejected", REPEATED, seq=2, seen={})
    town.say("intake-outcomes", "s-late", "submission-ignored", MAIL, seq=1, seen={})
    assert "repeats the outcome rejected, and the outcome was ignored" in str(found(judge(town, stores_of(town))))
