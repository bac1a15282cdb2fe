# SPDX-License-Identifier: Apache-2.0
"""What others expect of such a clock, from the values of their public specs (tests/specs_of_others/translate.py)."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from routing.domain.clock.calendar import ONE_DAY, Calendar, CalendarData
from routing.domain.clock.hours import add_business_hours, business_hours_between
from routing.domain.clock.opening import OpenInterval
from routing.organisation.legal_data import load_calendar

HERE = Path(__file__).parents[1] / "specs_of_others"
TABLES = {name: yaml.safe_load((HERE / f"{name}.yaml").read_text("utf-8")) for name in ("biz", "alaveteli")}
YEARS = range(2006, 2012)
WEEKDAYS = {name[:3]: name for name in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")}
ZERO = "no hours at all: they wait for the next opening, for us nothing has to pass"
DIFFER = {
    "spec/calculation/for_duration_spec.rb:110": ZERO,
    "spec/calculation/for_duration_spec.rb:152": ZERO,
    "spec/calculation/for_duration_spec.rb:194": ZERO,
}
"""Where we do not agree, and why."""
AGREE = {"biz": 22, "alaveteli": 9}
NOT_OURS = {"biz": 39, "alaveteli": 9}


def calendar(table: Mapping[str, Any], case: Mapping[str, Any]) -> Calendar:
    """Theirs, as our data: none of our holidays, all of theirs."""
    hours = _hours(table["week"], case) if "week" in table else None
    return _calendar(json.dumps([sorted({*table.get("closed", ()), *case.get("closed", ())}), hours]))


@cache
def _calendar(asked: str) -> Calendar:
    closed, hours = json.loads(asked)
    words = {"es": "x", "en": "x"}
    changes: dict[str, Any] = {
        "timezone": "UTC",
        "remove": [{"date": day, "source": "x"} for day in _our_holidays()],
        "add": [{"date": day, "id": "theirs", "words": words, "source": "x"} for day in closed],
        "business_hours": hours,
    }
    return Calendar(CalendarData.model_validate(load_calendar().data.model_dump() | changes))


@cache
def _our_holidays() -> tuple[date, ...]:
    ours = load_calendar()
    every = (date(year, 1, 1) + ONE_DAY * n for year in YEARS for n in range(365))
    return tuple(day for day in every if ours.trace_day(day).reason.startswith("holiday:"))


def _hours(week: Mapping[str, list[str]], case: Mapping[str, Any]) -> dict[str, Any]:
    instead: dict[str, list[str]] = case.get("instead", {})
    days = dict(instead)
    for day, breaks in case.get("without", {}).items():
        weekday = f"{date.fromisoformat(day):%a}".lower()
        days[day] = _cut(days.get(day, week.get(weekday, [])), breaks)
    named = {WEEKDAYS[name]: hours for name, hours in week.items()}
    return {"week": named, "days": [{"date": day, "hours": hours, "source": "x"} for day, hours in days.items()]}


def _cut(hours: list[str], breaks: list[str]) -> list[str]:
    minutes = {n for one in hours for n in _minutes(one)} - {n for one in breaks for n in _minutes(one)}
    begins = sorted(n for n in minutes if n - 1 not in minutes)
    ends = sorted(n + 1 for n in minutes if n + 1 not in minutes)
    return [f"{b // 60:02}:{b % 60:02}-{e // 60:02}:{e % 60:02}" for b, e in zip(begins, ends, strict=True)]


def _minutes(interval: str) -> range:
    found = OpenInterval.model_validate(interval)
    return range(found.opens, found.closes)


def answer(table: Mapping[str, Any], case: Mapping[str, Any]) -> Any:
    """Ours to their question."""
    theirs = calendar(table, case)
    if case["ask"] == "days":
        return theirs.business_days_after(date.fromisoformat(case["from"]), case["days"]).isoformat()
    begin = datetime.fromisoformat(case["from"])
    if case["ask"] == "add":
        moment = add_business_hours(theirs, begin, case["seconds"] / 3600).moment
        return moment.isoformat() if moment else None
    if case["ask"] == "between":
        return round(business_hours_between(theirs, begin, datetime.fromisoformat(case["to"])) / timedelta(seconds=1))
    return any(opens <= begin < closes for opens, closes in theirs.open_day(begin.date()).periods)


@pytest.mark.parametrize("name", TABLES)
def test_we_agree_with_them_but_where_we_say_why_not(name: str) -> None:
    table = TABLES[name]
    differ = {case["at"] for case in table["cases"] if answer(table, case) != case["expect"]}
    assert differ == {place for place in DIFFER if place in {case["at"] for case in table["cases"]}}
    assert len(table["cases"]) - len(differ) == AGREE[name]
    assert sum(table["not_ours"].values()) == NOT_OURS[name]


@pytest.mark.parametrize("name", TABLES)
def test_a_table_says_where_its_values_are_from(name: str) -> None:
    table = TABLES[name]
    assert table["repository"].count("/") == 1
    assert len(table["commit"]) == 40
    assert table["licence"] in ("Apache-2.0", "AGPL-3.0")


def test_a_wrong_value_would_be_seen() -> None:
    table = TABLES["alaveteli"]
    case = table["cases"][0]
    assert answer(table, case) == case["expect"]
    assert answer(table, {**case, "from": "2008-10-02"}) != case["expect"]
