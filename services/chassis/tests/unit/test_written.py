# SPDX-License-Identifier: Apache-2.0
from datetime import date
from typing import Annotated

import pytest
from pydantic import StringConstraints, TypeAdapter, ValidationError

from chassis.web.written import TYPED, Day

DAY = TypeAdapter[date](Day)


def test_a_day_is_taken_as_it_is_documented() -> None:
    assert DAY.validate_python("2026-03-02") == date(2026, 3, 2) == DAY.validate_json('"2026-03-02"')
    assert DAY.json_schema() == {"type": "string", "format": "date"}


@pytest.mark.parametrize("value", ["0", 0, 1.5, "2026-03-02T00:00:00", "2026-3-2", "20260302", "2026-02-30", True])
def test_a_number_or_a_time_is_no_day(value: object) -> None:
    with pytest.raises(ValidationError):
        DAY.validate_python(value)


@pytest.mark.parametrize(("text", "bound"), [("1999-12-31", "2000-01-01"), ("9999-12-31", "2099-12-31")])
def test_a_day_of_another_century_hears_the_bound_as_a_day(text: str, bound: str) -> None:
    with pytest.raises(ValidationError) as raised:
        DAY.validate_python(text)
    [error] = raised.value.errors()
    assert bound in error["ctx"].values()


def test_what_a_person_typed_loses_what_nobody_sees() -> None:
    typed = TypeAdapter[str](Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), TYPED])
    assert typed.validate_python(" a\0b\x1b[31m\r\n\tc ") == "ab[31m\r\n\tc"
    with pytest.raises(ValidationError):
        typed.validate_python("\0\x07")
