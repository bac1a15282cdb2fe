# SPDX-License-Identifier: Apache-2.0
"""The case number: made, read back as people write it, and refused when a digit is wrong."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.domain.numbers import CaseNumber, case_number, find_case_numbers, parse_case_number

ORGS = st.from_regex(r"[A-Z][A-Z0-9]{0,10}[A-Z]", fullmatch=True)
NUMBERS = st.builds(case_number, ORGS, st.integers(2000, 2999), st.integers(1, 99_999_999))


@pytest.mark.parametrize(
    ("org", "year", "n", "number"),
    [
        ("CAJA", 2026, 123, "CAJA-2026-000123-"),
        ("CAJA", 2026, 999_999, "CAJA-2026-999999-"),
        ("CAJA", 2026, 1_000_000, "CAJA-2026-1000000-"),
        ("G4S", 2000, 1, "G4S-2000-000001-"),
    ],
)
def test_the_form_of_a_number(org: str, year: int, n: int, number: str) -> None:
    assert re.fullmatch(re.escape(number) + "[0-9]", case_number(org, year, n))


def test_the_check_digit_is_iso_7064_mod_11_10() -> None:
    """Computed here step by step, to be no echo of the library."""
    check = 10
    for digit in "2026000123":
        check = ((check + int(digit)) % 10 or 10) * 2 % 11
    assert case_number("CAJA", 2026, 123)[-1] == str((11 - check) % 10)


@pytest.mark.parametrize(
    ("org", "year", "n"),
    [
        ("confa", 2026, 1),
        ("C", 2026, 1),
        ("A1", 2026, 1),
        ("ÑU", 2026, 1),
        ("", 2026, 1),
        ("CAJA", 26, 1),
        ("CAJA", 2026, 0),
    ],
)
def test_a_wrong_setting_or_counter_is_a_bug(org: str, year: int, n: int) -> None:
    with pytest.raises(ValueError, match="expected"):
        case_number(org, year, n)


@given(ORGS, st.integers(2000, 2999), st.integers(1, 99_999_999))
def test_every_number_is_read_back(org: str, year: int, n: int) -> None:
    text = case_number(org, year, n)
    number = parse_case_number(text)
    assert number == CaseNumber(org, year, n)
    assert str(number) == text


@given(NUMBERS, st.sampled_from(["", " ", "-", " - ", "–", "\u2011", "\u00a0", "."]), st.booleans())
def test_it_is_read_in_any_case_with_any_dashes_or_none(number: str, dash: str, lower: bool) -> None:
    written = number.replace("-", dash)
    assert parse_case_number(f"  {written.lower() if lower else written} ") == parse_case_number(number)


@given(NUMBERS, st.data())
def test_every_wrong_digit_is_caught(number: str, data: st.DataObject) -> None:
    after_org = range(number.index("-"), len(number))
    position = data.draw(st.sampled_from([at for at in after_org if number[at].isdigit()]))
    wrong = data.draw(st.sampled_from([digit for digit in string.digits if digit != number[position]]))
    assert parse_case_number(number[:position] + wrong + number[position + 1 :]) is None


def swaps(number: str) -> list[str]:
    org, *rest = number.split("-")
    digits = "".join(rest)
    pairs = [at for at in range(len(digits) - 1) if digits[at] != digits[at + 1]]
    return [org + digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in pairs]


@given(NUMBERS)
def test_a_swap_of_neighbours_is_missed_only_where_they_are_next_in_the_ring_of_ten(number: str) -> None:
    """Mod 11,10 cannot see some swaps of digits that differ by one (0 follows 9)."""
    digits = "".join(number.split("-")[1:])
    for written in swaps(number):
        if parse_case_number(written) is not None:
            swapped = written[-len(digits) :]
            one, other = next((int(a), int(b)) for a, b in zip(digits, swapped, strict=True) if a != b)
            assert (one - other) % 10 in {1, 9}


def test_98_of_100_swaps_are_caught() -> None:
    written = [swap for n in range(1, 20_000, 37) for swap in swaps(case_number("CAJA", 2026, n))]
    missed = sum(parse_case_number(text) is not None for text in written)
    assert missed / len(written) < 0.02


@pytest.mark.parametrize(
    "text",
    ["", "CAJA", "CAJA-2026-000123", "CAJA-1926-000123-4", "CAJA-2026-000000-0", "2026-000123-4"],
)
def test_what_is_no_number(text: str) -> None:
    assert parse_case_number(text) is None


def test_a_number_has_one_form_only() -> None:
    """No leading zero beyond six digits, even with a check digit that would be right."""
    assert not any(parse_case_number(f"CAJA-2026-0000123-{check}") for check in range(10))


def test_numbers_are_found_in_subjects() -> None:
    one, other = case_number("CAJA", 2026, 123), case_number("CAJA", 2025, 1_234_567)
    subject = f"Re: [{one}] RV: caso {other.lower()}, {one} y CAJA-2026-000123-{(int(one[-1]) + 1) % 10}."
    assert [str(number) for number in find_case_numbers(subject)] == [one, other]


def test_a_number_within_a_longer_one_is_not_found() -> None:
    number = case_number("CAJA", 2026, 123)
    assert find_case_numbers(f"X{number}5 {number}7") == []


def test_a_long_subject_is_searched_at_once() -> None:
    assert find_case_numbers("A" * 100_000 + "2026" * 50_000) == []


@pytest.mark.parametrize("written", ["{}", "radicado {}", "No. {}", "({})", "caso:{}."])
def test_a_number_without_the_organisations_code_is_found_where_it_is_asked_for(written: str) -> None:
    number = case_number("CAJA", 2026, 123)
    for said in (number.removeprefix("CAJA-"), number.removeprefix("CAJA-").replace("-", " ")):
        text = written.format(said)
        assert [str(found) for found in find_case_numbers(text, "CAJA")] == [number]
        assert number not in map(str, find_case_numbers(text))


@pytest.mark.parametrize("text", ["OTRA-{}", "7{}", "{}3", "X{}"])
def test_a_number_of_others_is_not_taken_for_ours(text: str) -> None:
    assert find_case_numbers(text.format(case_number("CAJA", 2026, 123).removeprefix("CAJA-")), "CAJA") == []


def test_each_number_is_found_once_however_it_is_written() -> None:
    number = case_number("CAJA", 2026, 123)
    assert len(find_case_numbers(f"{number} {number.removeprefix('CAJA-')} {number.replace('-', '')}", "CAJA")) == 1
