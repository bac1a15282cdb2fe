# SPDX-License-Identifier: Apache-2.0
"""When a submission was received: that moment anchors the legal term (design 4)."""

from datetime import datetime, timedelta

from chassis.decision import Refused

CLOCKS_DIFFER = timedelta(minutes=5)
LATE = timedelta(days=30)


def receipt(received_at: datetime | None, late_reason: str | None, now: datetime) -> datetime | Refused:
    """The anchor: now unless the door says otherwise; never in the future, and long ago only with a reason."""
    if received_at is None:
        return now
    if received_at > now + CLOCKS_DIFFER:
        return Refused("received-in-future", kind="invalid", field="$.received_at")
    if received_at < now - LATE and not (late_reason or "").strip():
        return Refused("late-reason-missing", kind="invalid", field="$.late_reason", values={"days": LATE.days})
    return min(received_at, now)
