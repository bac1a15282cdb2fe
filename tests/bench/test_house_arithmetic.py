# SPDX-License-Identifier: Apache-2.0
"""What the long measurements make of what they saw."""

from dataclasses import replace

import pytest

from tests.bench.all import growth_rows, house_rows, table
from tests.bench.house import Trial
from tests.bench.latency import waits
from tests.bench.stored import CASES_A_DAY, SAID
from tests.bench.whole_house import Load, percentile, topics_by_reader

TRIAL = Trial(
    rate=100.0,
    seconds=60.0,
    cases=6000,
    refused=0,
    filed_per_second=99.9,
    done_per_second=97.0,
    behind_seconds=1.5,
    answer_p99=0.2,
    cpu_per_1000={"intake": 2.0, "database": 3.5},
)


@pytest.mark.parametrize(("part", "value"), [(0.5, 50.0), (0.99, 99.0), (1.0, 100.0), (0.001, 1.0)])
def test_a_percentile_is_a_value_that_was_measured(part: float, value: float) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], part) == value


@pytest.mark.parametrize("changes", [{"refused": 1}, {"behind_seconds": 4.0}, {"filed_per_second": 90.0}])
def test_a_house_that_refuses_or_lags_or_files_slowly_has_not_kept_up(changes: dict[str, float]) -> None:
    assert TRIAL.kept_up
    assert not replace(TRIAL, **changes).kept_up  # type: ignore[arg-type]


def test_the_cost_of_a_case_is_told_by_process_the_dearest_first() -> None:
    assert [row.figure for row in house_rows(TRIAL)] == ["100", "5.5", "3.50", "2.00"]


def test_waits_are_from_the_answer_to_the_first_mail_of_the_case() -> None:
    load = Load(10.0, 1.0, [("A", 0.0, 1.0), ("B", 0.5, 2.0)], [])
    mails = [(1.5, "a", "assignment"), (1.1, "a", "acknowledgement"), (2.1, "b", "acknowledgement")]
    mails += [(4.0, "b", "assignment"), (9.0, "b", "assignment")]
    found = waits(load, mails, {"A": "a", "B": "b"})
    assert (found.p50, found.p99, found.longest) == (0.5, 2.0, 2.0)
    assert found.acknowledged_p99 == pytest.approx(0.1)
    assert found.filed_p99 == 1.5


def test_a_case_without_a_mail_is_no_figure() -> None:
    with pytest.raises(KeyError):
        waits(Load(10.0, 1.0, [("A", 0.0, 1.0)], []), [(1.0, "a", "acknowledgement")], {"A": "a"})


def test_growth_is_the_later_cost_over_the_earlier() -> None:
    before = {"stored": 100, "milliseconds": {"search": 2.0}, "step": [{"per_second": 1000.0}], "step_on_stored": []}
    after = {"stored": 1000, "milliseconds": {"search": 3.0}, "step": [{"per_second": 800.0}], "step_on_stored": []}
    assert [row.figure for row in growth_rows(before, after)] == ["1.50", "1.25"]
    assert "| 1.50 | <= 1.2 |" in table(growth_rows(before, after))


def test_every_case_of_a_day_has_a_template() -> None:
    shares = [CASES_A_DAY // len(SAID) + (n < CASES_A_DAY % len(SAID)) for n in range(len(SAID))]
    assert sum(shares) == CASES_A_DAY


def test_reporting_reads_what_all_others_say() -> None:
    topics = {topic for topic, _ in topics_by_reader()["reporting"]}
    assert {"intake-cases", "routing-cases", "notifications-deliveries", "satisfaction-checks"} <= topics
