# SPDX-License-Identifier: Apache-2.0
import csv
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from pydantic import TypeAdapter, ValidationError
from reporting_story import MARCH_2

from chassis.i18n import assert_catalogues_agree, catalogue
from chassis.web.written import Day
from reporting.csv_export import monthly_csv
from reporting.domain.facts import Place
from reporting.domain.indicators import IndicatorId
from reporting.domain.monthly import Sums, monthly
from reporting.goals import read_goals
from reporting.shown import Month, monthly_shown
from ventanilla_contracts.vocabulary import Channel, Kind

TEXTS = catalogue("reporting")


def test_the_texts_are_complete_in_both_languages() -> None:
    assert_catalogues_agree("reporting")


@pytest.mark.parametrize(
    ("family", "values"),
    [
        ("indicators", get_args(IndicatorId)),
        ("channels", get_args(Channel)),
        ("monthly.kinds", (*get_args(Kind), "unclassified")),
        ("monthly", ("channel", "area", "service-point", "received", "answered", "in-time", "closed", "open")),
    ],
)
def test_every_word_that_may_be_shown_has_its_text(family: str, values: tuple[str, ...]) -> None:
    assert [value for value in values if TEXTS.find(f"{family}.{value}") is None] == []


def test_a_day_is_written_as_iso_8601() -> None:
    assert TypeAdapter(Day).validate_python("2026-03-02") == date(2026, 3, 2)


@pytest.mark.parametrize(
    "text", ["", "0", "20260302", "2026-3-2", "2026-02-30", "2026-03-02T00:00:00", "1999-12-31", "٢٠٢٦-٠٣-٠٢"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Day).validate_python(text)


@pytest.mark.parametrize("text", ["2026-13", "2026-3", "202603", "1999-01", "2026-00"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Month).validate_python(text)


def test_the_csv_has_a_header_its_rows_and_the_totals_and_runs_no_formula() -> None:
    place = Place(
        channel="in-person", area="housing", area_name="Vivienda, crédito", service_point="=1+1", kind="claim"
    )
    report = monthly([Sums(place, {"received": 2, "answered": 1, "closed": 1})], {place: 1})
    text = monthly_csv(monthly_shown(report, "2026-03", MARCH_2, TEXTS.t), TEXTS.t)
    header, row, totals = csv.reader(text.removeprefix("\ufeff").splitlines())
    assert header[:4] == ["Canal", "Servicio", "Punto de atención", "Recibidos"]
    assert row == [
        "Presencial",
        "Vivienda, crédito",
        "'=1+1",
        "2",
        "0",
        "0",
        "0",
        "2",
        "0",
        "0",
        "0",
        "1",
        "0",
        "1",
        "1",
    ]
    assert totals[0] == "Total"
    assert totals[3:] == row[3:]
    assert len(header) == len(row)


def test_goals_come_from_a_file_and_only_for_indicators_that_exist(tmp_path: Path) -> None:
    assert read_goals(None)["complaints-and-claims-in-time"] == 100
    own = tmp_path / "goals.yaml"
    own.write_text('version: "1"\ngoals: {open: 20}\n')
    assert dict(read_goals(own)) == {"open": 20}
    own.write_text('version: "1"\ngoals: {happiness: 20}\n')
    with pytest.raises(SystemExit):
        read_goals(own)
