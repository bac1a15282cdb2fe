# SPDX-License-Identifier: Apache-2.0
"""A held submission has exactly one final outcome, and a person gives it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chassis.decision import Put, Refused, Remove, Row
from intake.domain.submission import FileSubmission, Outcome, Release, row_of
from ventanilla_contracts.envelope import Actor


def too_late(row: Mapping[str, Any] | None) -> Refused | None:
    """Why a submission cannot be decided on the desk, in words that say what was done; None if it waits there."""
    if row is None:
        return Refused("held-unknown", kind="not-found")
    if row["outcome"] == "held":
        return None
    decided = row.get("decided")
    if decided is None:
        return Refused("held-unknown", kind="not-found")
    values = {"by": decided["by"]["id"], "number": decided["case_number"] or "", "reason": row["reason"] or ""}
    return Refused(f"held-already-{row['outcome']}", values=values)


def decided_row(
    row: Mapping[str, object], outcome: Outcome, by: Actor, now: datetime, number: str | None = None
) -> dict[str, object]:
    """The stored row of a held submission with its final outcome, and who gave it to what was held since when."""
    decided = {
        "by": by.model_dump(),
        "at": now,
        "held_for": row["reason"],
        "held_at": row["registered_at"],
        "case_number": number,
    }
    return {**row, "outcome": outcome, "decided": decided}


def released_rows(
    command: FileSubmission, release: Release, outcome: Outcome, number: str, received_at: datetime, now: datetime
) -> tuple[Row, ...]:
    """From now on its case is where it is heard of: what is kept of it as set aside goes.

    Whoever tells its first outcome again, or decides about it, at the same moment writes that too: one of them fails.
    """
    if release.row is None:
        raise ValueError("a release that was not resolved")
    decided = decided_row(release.row, outcome, command.actor, now, number)["decided"]
    row = {**row_of(command, outcome, received_at, now), "decided": decided}
    return (Put("submission_cases", command.submission_id, row), Remove("submissions", command.submission_id))
