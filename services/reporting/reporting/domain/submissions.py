# SPDX-License-Identifier: Apache-2.0
"""What became of submissions: how many were created, appended, held, ignored, rejected, or came again."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from chassis.decision import Add, Decision, Received
from ventanilla_contracts.envelope import Event, Frozen, LocalDate
from ventanilla_contracts.intake import (
    SubmissionAppended,
    SubmissionCreated,
    SubmissionHeld,
    SubmissionIgnored,
    SubmissionOutcome,
    SubmissionRejected,
)
from ventanilla_contracts.vocabulary import Channel

SUBMISSION_SUMS = "submission_sums"

Outcome = Literal["created", "appended", "held", "ignored", "rejected"]
OUTCOMES: dict[type[Event], Outcome] = {
    SubmissionCreated: "created",
    SubmissionAppended: "appended",
    SubmissionHeld: "held",
    SubmissionIgnored: "ignored",
    SubmissionRejected: "rejected",
}
HANDLES: tuple[type[Event], ...] = tuple(OUTCOMES)


class SubmissionFact(Frozen):
    """One submission and its last outcome; ``held`` is open until another follows."""

    channel: Channel
    outcome: Outcome
    since: LocalDate


@dataclass(frozen=True)
class SubmissionCounting:
    """``decide`` of the aggregate ``submissions``. An outcome counts on the local day on which it fell."""

    zone: ZoneInfo

    def __call__(self, fact: SubmissionFact | None, message: object, _now: datetime) -> Decision[SubmissionFact]:
        if not isinstance(message, Received) or not isinstance(message.event, SubmissionOutcome):
            raise TypeError(type(message).__name__)
        event, day = message.event, message.time.astimezone(self.zone).date()
        if event.repeat and fact is not None:
            measure, told = "repeated", fact
        else:
            measure = OUTCOMES[type(event)]
            told = SubmissionFact(channel=event.channel, outcome=measure, since=day)
        cell = json.dumps([day.isoformat(), event.channel])
        labels = {"day": day.isoformat(), "channel": event.channel}
        return Decision(told, rows=(Add(SUBMISSION_SUMS, cell, labels, {measure: 1}),))
