# SPDX-License-Identifier: Apache-2.0
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError
from satisfaction_story import BOGOTA

from chassis.clock import parse_instant
from satisfaction.calling_hours_file import read_calling_hours
from satisfaction.domain.calling_hours import CallingHours, CallingHoursData

DATA = yaml.safe_load((files("satisfaction") / "data" / "calling-hours.yaml").read_text("utf-8"))


def hours(**changes: Any) -> CallingHours:
    return CallingHours(CallingHoursData.model_validate({**DATA, **changes}), BOGOTA)


@pytest.mark.parametrize(
    ("local", "warning"),
    [
        ("2026-03-10T06:59:59", "too-early"),  # a Tuesday
        ("2026-03-10T07:00:00", None),
        ("2026-03-10T19:00:00", None),
        ("2026-03-10T19:00:01", "too-late"),
        ("2026-03-14T07:59:59", "too-early"),  # a Saturday
        ("2026-03-14T08:00:00", None),
        ("2026-03-14T15:00:01", "too-late"),
        ("2026-03-15T10:00:00", "day-without-calls"),  # a Sunday
        ("2026-03-23T10:00:00", "holiday"),  # Saint Joseph, moved to Monday
        ("2026-04-03T10:00:00", "holiday"),  # Good Friday
    ],
)
def test_calls_are_made_in_the_hours_of_the_law(local: str, warning: str | None) -> None:
    assert hours().warning(parse_instant(f"{local}-05:00")) == warning


def test_an_organisation_can_correct_holidays_and_hours() -> None:
    own = hours(holidays_added=[date(2026, 3, 10)], holidays_removed=[date(2026, 3, 23)])
    assert own.warning(parse_instant("2026-03-10T10:00:00-05:00")) == "holiday"
    assert own.warning(parse_instant("2026-03-23T10:00:00-05:00")) is None
    assert hours(country=None).warning(parse_instant("2026-03-23T10:00:00-05:00")) is None


def test_a_day_that_closes_before_it_opens_is_refused() -> None:
    with pytest.raises(ValidationError, match="opens must be before closes"):
        hours(week={"monday": {"opens": "19:00", "closes": "07:00"}})


def test_a_wrong_file_stops_the_start_with_its_line_and_its_cure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "calling-hours.yaml"
    week = "  monday: {opens: '19:00', closes: '07:00'}\n"
    path.write_text(f"version: '1'\nsource: ours\ncountry:\nweek:\n{week}", "utf-8")
    with pytest.raises(SystemExit) as ended:
        read_calling_hours(path)
    assert ended.value.code == 2
    assert capsys.readouterr().err == (
        "calling-hours.yaml:5: week.monday: opens must be before closes; write the earlier time first\n"
    )


def test_without_a_file_the_hours_are_those_of_the_law() -> None:
    assert read_calling_hours(None) == CallingHoursData.model_validate(DATA)
