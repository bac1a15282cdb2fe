# SPDX-License-Identifier: Apache-2.0
"""What time it is: the system's, a file's (tests step it by hand) or an accelerated one (demonstrations).

Every instant is timezone-aware UTC with millisecond precision. Leases, ages and TTL are real time: not from here.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Protocol

from chassis.settings import ServiceSettings
from ventanilla_contracts.envelope import to_instant


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, UTC, truncated to milliseconds."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return to_instant(datetime.now(UTC))


class FileClock:
    """The instant that a file holds. It stands still until the file changes; a half-written file does not move it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._text = path.read_text("utf-8")
        self._now = parse_instant(self._text)

    def now(self) -> datetime:
        text = self._path.read_text("utf-8") if self._path.exists() else self._text
        if text != self._text:
            self._move_to(text)
        return self._now

    def _move_to(self, text: str) -> None:
        try:
            self._now = parse_instant(text)
        except ValueError:
            return
        self._text = text


class AcceleratedClock:
    """Real time since `real_origin`, times `speed`, after `origin`: the same in every process that has these three."""

    def __init__(self, real_origin: datetime, origin: datetime, speed: float) -> None:
        self._real_origin = real_origin.astimezone(UTC)
        self._origin = origin.astimezone(UTC)
        self._speed = speed

    def now(self) -> datetime:
        passed = datetime.now(UTC) - self._real_origin
        return to_instant(self._origin + passed * self._speed)


class TestClock:
    """Stands still until a test moves it."""

    __test__ = False  # not a test case, whatever its name says to pytest

    def __init__(self, start: str | datetime = "2026-03-02T08:00:00-05:00") -> None:
        self._now = parse_instant(start) if isinstance(start, str) else to_instant(start)

    def now(self) -> datetime:
        return self._now

    def advance(
        self, by: timedelta | None = None, *, days: float = 0, hours: float = 0, seconds: float = 0
    ) -> datetime:
        """Move on by a timedelta or by the given days, hours and seconds; the new instant."""
        self._now = to_instant(self._now + (by or timedelta(days=days, hours=hours, seconds=seconds)))
        return self._now

    def set(self, to: str | datetime) -> datetime:
        """Move to an instant, also a past one."""
        self._now = parse_instant(to) if isinstance(to, str) else to_instant(to)
        return self._now


def clock_from(settings: ServiceSettings) -> Clock:
    """The clock that CLOCK_FILE or CLOCK_ORIGIN ask for, else the system's."""
    if settings.clock_file is not None:
        return FileClock(settings.clock_file)
    if settings.clock_real_origin is not None and settings.clock_origin is not None:
        return AcceleratedClock(settings.clock_real_origin, settings.clock_origin, settings.clock_speed)
    return SystemClock()


def parse_instant(text: str) -> datetime:
    """An RFC 3339 instant as UTC, truncated to milliseconds; ValueError where it is none or has no offset."""
    return to_instant(datetime.fromisoformat(text.strip()))


def format_instant(moment: datetime, zone: tzinfo = UTC) -> str:
    """RFC 3339 with milliseconds and offset, in UTC (Z) or the given zone."""
    local = to_instant(moment).astimezone(zone)
    return local.isoformat(timespec="milliseconds").replace("+00:00", "Z")
