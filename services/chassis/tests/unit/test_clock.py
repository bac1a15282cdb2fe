# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import AcceleratedClock, FileClock, SystemClock, TestClock, format_instant, parse_instant

BOGOTA = ZoneInfo("America/Bogota")


def test_the_system_clock_gives_utc_to_the_millisecond() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0
    assert before - timedelta(milliseconds=1) <= now <= datetime.now(UTC)


def test_a_file_clock_stands_still_until_the_file_is_stepped(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    file.write_text("2026-03-02T08:00:00-05:00\n")
    clock = FileClock(file)
    assert clock.now() == clock.now() == datetime(2026, 3, 2, 13, tzinfo=UTC)
    file.write_text("2026-03-03T08:00:00-05:00\n")
    assert clock.now() == datetime(2026, 3, 3, 13, tzinfo=UTC)


def test_a_file_clock_goes_back_only_when_the_file_says_so(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    file.write_text("2026-03-02T08:00:00Z")
    clock = FileClock(file)
    file.write_text("2026-03-01T08:00:00Z")
    assert clock.now() == datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize("half_written", ["", "2026-03", "2026-03-05T08:00:00"])
def test_a_half_written_or_removed_file_does_not_move_the_clock(tmp_path: Path, half_written: str) -> None:
    file = tmp_path / "clock"
    file.write_text("2026-03-02T08:00:00Z")
    clock = FileClock(file)
    file.write_text(half_written)
    assert clock.now() == datetime(2026, 3, 2, 8, tzinfo=UTC)
    file.unlink()
    assert clock.now() == datetime(2026, 3, 2, 8, tzinfo=UTC)
    file.write_text("2026-03-06T08:00:00Z")
    assert clock.now() == datetime(2026, 3, 6, 8, tzinfo=UTC)


def test_an_accelerated_clock_multiplies_the_real_time_since_its_origin() -> None:
    real_origin = datetime.now(UTC) - timedelta(seconds=100)
    origin = datetime(2026, 3, 2, 13, tzinfo=UTC)
    now = AcceleratedClock(real_origin, origin, speed=3600).now()
    later = 3600 * (datetime.now(UTC) - real_origin)
    assert timedelta(hours=100) <= now - origin <= later


def test_a_test_clock_moves_when_told() -> None:
    clock = TestClock("2026-03-02T08:00:00-05:00")
    clock.advance(days=1, hours=2)
    assert clock.now() == datetime(2026, 3, 3, 15, tzinfo=UTC)
    clock.set("2026-01-01T00:00:00Z")
    assert clock.now().year == 2026


@pytest.mark.parametrize("text", ["2026-03-02T08:00:00", "yesterday", ""])
def test_what_is_no_instant_with_an_offset_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_instant(text)


def test_an_instant_is_written_in_the_zone_asked_for() -> None:
    moment = datetime(2026, 3, 2, 13, 0, 0, 123456, tzinfo=UTC)
    assert format_instant(moment) == "2026-03-02T13:00:00.123Z"
    assert format_instant(moment, BOGOTA) == "2026-03-02T08:00:00.123-05:00"


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_is_written_is_read_back_to_the_millisecond(moment: datetime) -> None:
    read = parse_instant(format_instant(moment))
    assert timedelta(0) <= moment - read < timedelta(milliseconds=1)
