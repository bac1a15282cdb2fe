# SPDX-License-Identifier: Apache-2.0
"""The arithmetic of the bench, and what its sides work on."""

import json

import pytest

from chassis.topics import load_topics
from tests.bench.report import Measured, Row, step_ratio, table
from tests.bench.workload import appended, as_hexkit_reads, case_id, filed


def row(ours: list[float], theirs: list[float], least: float | None = None) -> Row:
    return Row("the step", "the bare loop", [Measured(n, 0.5) for n in ours], [Measured(n, 0.4) for n in theirs], least)


def test_a_ratio_is_the_median_of_the_rounds_not_the_ratio_of_the_medians() -> None:
    noisy = row([80, 900, 40], [100, 1000, 80])
    assert noisy.ratios == [0.8, 0.9, 0.5]
    assert noisy.ratio == 0.8


def test_the_first_line_never_promises_more_than_was_measured() -> None:
    assert step_ratio([row([899], [1000]), row([1], [100])]) == "step ratio 0.89"


@pytest.mark.parametrize(("ours", "says"), [(75.0, "0.75 reached"), (74.9, "0.75 MISSED")])
def test_the_table_says_what_was_not_reached(ours: float, says: str) -> None:
    told = table([row([ours], [100.0], 0.75)])
    assert f"| {says} |" in told
    assert len({line.count("|") for line in told.splitlines()}) == 1


def test_rounds_that_do_not_pair_are_no_comparison() -> None:
    with pytest.raises(ValueError, match="zip"):
        _ = row([1.0, 2.0], [1.0]).ratio


def test_the_second_event_of_each_case_is_about_one_that_was_filed_first() -> None:
    first, second = list(filed(20)), list(appended(20))
    assert [one.key for one in first] == [one.key for one in second]
    assert [dict(one.headers)["ce_seq"] for one in (first[0], second[0])] == [b"1", b"2"]
    assert {one.topic for one in (*first, *second)} <= set(load_topics())
    assert not {one.key for one in first} & {one.key for one in filed(20, "another run")}
    assert (first[3].key or b"").decode() == case_id(3)


def test_hexkit_is_given_the_same_facts() -> None:
    ours = next(filed(1))
    theirs = as_hexkit_reads(ours)
    assert json.loads(theirs.value or b"") == json.loads(ours.value or b"")
    assert (theirs.topic, theirs.key) == (ours.topic, ours.key)
    assert dict(theirs.headers)["type"] == b"case-filed.v1"
