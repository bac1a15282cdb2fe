# SPDX-License-Identifier: Apache-2.0
"""How fast the house's clock goes: as the real one, or a month in some minutes."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Bogota")


@dataclass(frozen=True)
class Pace:
    """`speed` times real time since `real_origin`, counted from `origin`; the default is real time itself."""

    real_origin: datetime | None = None
    origin: datetime | None = None
    speed: float = 1.0

    @classmethod
    def fast(cls, origin: datetime, speed: float, *, begins_in: float = 0.0) -> "Pace":
        """`speed` times as fast as real time, showing `origin` in so many real seconds."""
        return cls(datetime.now(UTC) + timedelta(seconds=begins_in), origin, speed)

    def now(self) -> datetime:
        """The present instant of the house, UTC."""
        if self.real_origin is None or self.origin is None:
            return datetime.now(UTC)
        return self.origin.astimezone(UTC) + (datetime.now(UTC) - self.real_origin) * self.speed

    def local(self) -> datetime:
        return self.now().astimezone(ZONE)

    def real_seconds_until(self, moment: datetime) -> float:
        """Seconds of the wall clock until the house's clock shows `moment`; negative once it is past."""
        return (moment - self.now()) / timedelta(seconds=1) / self.speed

    def environment(self) -> dict[str, str]:
        """What every service is told; nothing in real time."""
        if self.real_origin is None or self.origin is None:
            return {}
        return {
            "CLOCK_REAL_ORIGIN": self.real_origin.isoformat(),
            "CLOCK_ORIGIN": self.origin.isoformat(),
            "CLOCK_SPEED": str(self.speed),
        }
