# SPDX-License-Identifier: Apache-2.0
from collections import Counter
from datetime import date, timedelta
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reporting_story import (
    COUNT,
    DUE,
    MARCH_2,
    Cube,
    answered,
    approaching,
    bounced,
    by_measure,
    called,
    checked,
    classified,
    closed,
    cube,
    deadline,
    escalated,
    failed,
    filed,
    missed,
    reopened,
    scheduled,
    sent,
    tell,
    unknown,
    waived,
)

from chassis.clock import parse_instant
from chassis.decision import Received, Row
from reporting.domain.facts import FOREVER, CaseFact, added
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.vocabulary import Kind

CLASSIFIED = (classified("claim"), classified("complaint", "housing"), classified("petition"))
LATER: tuple[Event, ...] = (
    *CLASSIFIED,
    deadline(),
    approaching(),
    missed(),
    escalated(),
    answered(),
    closed(),
    sent(),
    failed(),
    bounced(),
    reopened(),
    unknown(),
    scheduled(),
    waived(),
    called(),
    checked("satisfied"),
    checked("not-contacted"),
)


@pytest.mark.parametrize(
    ("event", "measures"),
    [
        (approaching(), {"reminded": 1}),
        (missed(), {"missed": 1}),
        (escalated(), {"escalated": 1}),
        (sent(), {"deliveries_sent": 1}),
        (failed(), {"deliveries_failed": 1}),
        (bounced(), {"deliveries_failed": 1}),
        (unknown(), {"deliveries_unknown": 1}),
        (scheduled(), {"checks_scheduled": 1}),
        (waived(), {"checks_waived": 1}),
        (called(), {"calls": 1}),
        (checked("satisfied"), {"satisfied": 1}),
        (checked("not-satisfied"), {"not_satisfied": 1}),
        (checked("not-contacted"), {"not_contacted": 1}),
        (answered(), {"answered": 1, "answered_in_time": 1}),
        (answered(in_time=False), {"answered": 1}),
        (closed(), {"closed": 1}),
        (deadline(), {}),
    ],
)
def test_each_event_counts_once_as_what_it_is(event: Event, measures: dict[str, int]) -> None:
    fact, _ = tell(filed(), classified())
    _, rows = tell(event, fact=fact)
    assert by_measure(cube(rows)) == measures


def test_things_count_on_the_local_day_on_which_they_happened() -> None:
    late_in_the_evening = parse_instant("2026-04-01T03:30:00Z")  # 31 March in Bogota
    fact, rows = tell(filed(late_in_the_evening - timedelta(days=9)), answered(late_in_the_evening), at=MARCH_2)
    _, more = tell(closed(), escalated(), fact=fact, at=late_in_the_evening)
    days = {measure: dict(cell)["day"] for cell, measure in cube([*rows, *more])}
    assert days == {
        "received": "2026-03-22",
        "answered": "2026-03-31",
        "answered_in_time": "2026-03-31",
        "closed": "2026-03-31",
        "escalated": "2026-03-31",
    }


def test_the_fact_says_until_when_a_case_was_open_and_unanswered() -> None:
    fact, _ = tell(filed(), classified())
    assert (fact.due, fact.unanswered_until, fact.open_until) == (FOREVER, FOREVER, FOREVER)
    fact, _ = tell(deadline(), answered(), closed(), fact=fact, at=MARCH_2 + timedelta(days=8))
    assert (fact.due, fact.unanswered_until, fact.open_until) == (DUE, date(2026, 3, 9), date(2026, 3, 10))


def test_an_answer_that_did_not_arrive_was_none_and_the_next_one_counts() -> None:
    fact, rows = tell(filed(), classified(), answered(), closed())
    fact, more = tell(reopened(), fact=fact)
    assert (fact.unanswered_until, fact.open_until) == (FOREVER, FOREVER)
    fact, last = tell(answered(MARCH_2 + timedelta(days=20), in_time=False), fact=fact)
    counted = by_measure(cube([*rows, *more, *last]))
    assert {name: n for name, n in counted.items() if n} == {"received": 1, "answered": 1}


def test_a_case_that_its_person_opened_again_was_answered_in_time_and_is_not_closed() -> None:
    fact, rows = tell(filed(), classified(), answered(), closed())
    fact, more = tell(reopened("person-replied"), fact=fact)
    assert (fact.unanswered_until, fact.open_until) == (date(2026, 3, 9), FOREVER)
    assert {name: n for name, n in by_measure(cube([*rows, *more])).items() if n} == {
        "received": 1,
        "answered": 1,
        "answered_in_time": 1,
    }
    _, last = tell(answered(MARCH_2 + timedelta(days=20), in_time=False), closed(), fact=fact)
    assert by_measure(cube([*rows, *more, *last]))["closed"] == 1


def test_a_second_answer_or_closing_does_not_count_again() -> None:
    fact, rows = tell(filed(), classified(), answered(), answered(in_time=False), closed(), closed())
    assert by_measure(cube(rows)) == {"received": 1, "answered": 1, "answered_in_time": 1, "closed": 1}
    assert fact.unanswered_until == date(2026, 3, 9)


def test_a_case_that_is_classified_anew_takes_all_its_counts_along() -> None:
    fact, rows = tell(filed(), classified("petition"), sent(), sent(), missed())
    _, more = tell(classified("claim", "housing"), fact=fact)
    sums = cube([*rows, *more])
    assert {(dict(cell)["area"], dict(cell)["kind"]) for cell, _ in sums} == {("housing", "claim")}
    assert by_measure(sums) == {"received": 1, "deliveries_sent": 2, "missed": 1}


def test_service_points_and_areas_of_confusable_names_are_kept_apart() -> None:
    _, first = tell(filed(service_point='b", "c'), classified(area="a"))
    _, second = tell(filed(service_point="c"), classified(area='a", "b'))
    assert len({row.id for row in (first[-1], second[-1])}) == 2


def test_nothing_personal_is_kept() -> None:
    fact, _ = tell(filed(), classified(), answered())
    assert set(fact.model_dump()) == {
        "case_number",
        "place",
        "received_on",
        "due",
        "unanswered_until",
        "open_until",
        "ombudsman",
        "tallies",
    }


def test_what_cannot_be_is_a_bug_and_not_an_outcome() -> None:
    with pytest.raises(ValueError, match="no case was filed"):
        COUNT(None, Received(closed(), "id", "case-1", MARCH_2, "routing-cases"), MARCH_2)
    with pytest.raises(TypeError):
        COUNT(None, "hello", MARCH_2)


def stories() -> st.SearchStrategy[list[tuple[Event, int]]]:
    """What is said after filing, each with the day on which it is said."""
    return st.lists(st.tuples(st.sampled_from(LATER), st.integers(0, 40)), max_size=15)


def told(story: list[tuple[Event, int]]) -> tuple[CaseFact, list[Row]]:
    fact, rows = tell(filed())
    for event, day in story:
        fact, more = tell(event, fact=fact, at=MARCH_2 + timedelta(days=day))
        rows += more
    return fact, rows


def recounted(facts: list[CaseFact]) -> Cube:
    return cube(chain.from_iterable(added(fact.place, fact.tallies) for fact in facts))


@settings(deadline=None)  # what a step takes says nothing on a busy machine
@given(st.lists(st.tuples(stories(), st.integers(0, 11)), max_size=6))
def test_sums_over_any_partitioning_equal_what_the_facts_say(cases: list[tuple[list[tuple[Event, int]], int]]) -> None:
    partitions: dict[int, Cube] = {}
    facts = []
    for story, partition in cases:
        fact, rows = told(story)
        facts.append(fact)
        partitions.setdefault(partition, Counter()).update(cube(rows))
    together: Cube = Counter()
    for sums in partitions.values():
        together.update(sums)
    assert Counter({key: amount for key, amount in together.items() if amount}) == recounted(facts)
    assert by_measure(together).get("received", 0) == len(cases)


@settings(deadline=None)  # what a step takes says nothing on a busy machine
@given(stories(), st.sampled_from(CLASSIFIED))
def test_no_cell_ever_goes_below_zero(story: list[tuple[Event, int]], last: Event) -> None:
    _, rows = told([*story, (last, 0)])
    assert all(amount > 0 for amount in cube(rows).values())


@settings(deadline=None)  # what a step takes says nothing on a busy machine
@given(stories(), st.sampled_from(["claim", "complaint"]), st.sampled_from(["claim", "petition"]))
def test_it_does_not_matter_when_a_case_was_classified(story: list[tuple[Event, int]], first: Kind, last: Kind) -> None:
    story = [(event, day) for event, day in story if event not in CLASSIFIED]
    early = told([(classified(first), 0), (classified(last), 0), *story])
    late = told([*story, (classified(first), 0), (classified(last), 0)])
    assert cube(early[1]) == cube(late[1])
