# SPDX-License-Identifier: Apache-2.0
"""The times of the sender: all of them real time (hazard 20)."""

from dataclasses import dataclass
from datetime import timedelta

MARGIN_SECONDS = 5.0
"""Between the last moment of an SMTP dialogue and the end of the lease: the outcome is saved in it."""

RENEWAL_SECONDS = 5.0
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True)
class Pace:
    """Seconds of one SMTP dialogue, and real time until a letter refused for now is tried again."""

    dialogue: float
    retry: timedelta

    @property
    def needed(self) -> float:
        """Seconds that the lease must still last when a dialogue begins."""
        return self.dialogue + MARGIN_SECONDS

    @property
    def lease(self) -> float:
        """Seconds of a lease; a killed sender's successor waits so long at most."""
        return self.needed + RENEWAL_SECONDS

    def wait(self, attempt: int) -> timedelta:
        """Doubled with each attempt, up to an hour."""
        return min(LONGEST_WAIT, self.retry * 2.0 ** min(max(attempt - 1, 0), 20))
