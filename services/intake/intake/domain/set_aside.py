# SPDX-License-Identifier: Apache-2.0
"""Submissions that become no case: each is kept, and has its outcome told (mails in = outcomes out)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from chassis.decision import Decision, Keyed, Put, Refused
from intake.domain.filing_told import INTAKE, filing_rows
from intake.domain.released import decided_row
from intake.domain.submission import FileSubmission, Submitted, outcome_told
from ventanilla_contracts.envelope import Actor, Frozen, Instant
from ventanilla_contracts.intake import SubmissionHeld, SubmissionIgnored, SubmissionRejected
from ventanilla_contracts.vocabulary import Channel

_EVENTS = {"held": SubmissionHeld, "ignored": SubmissionIgnored, "rejected": SubmissionRejected}
LONGEST_REASON = 500
JUDGED_AUTOMATIC = "judged-automatic"
"""The reason of what a person ignores."""


class SetAsideSubmission(Frozen):
    """``told``: how often its outcome was told, repetitions too; ``first``: which of them was the first of this one."""

    outcome: Literal["held", "ignored", "rejected"]
    reason: str
    received_at: Instant
    told: int = 1
    first: int = 1


@dataclass(frozen=True, slots=True)
class SetHeldAside:
    """A person of the desk rejects or ignores what was held; ``row`` and ``refused`` as for a Release."""

    actor: Actor
    submission_id: str
    outcome: Literal["ignored", "rejected"]
    reason: str
    row: Mapping[str, Any] = field(default_factory=dict)
    refused: Refused | None = None
    case_id: str = ""

    @property
    def channel(self) -> Channel:
        channel: Channel = self.row["channel"]
        return channel

    @property
    def external_id(self) -> str:
        return str(self.row["external_id"])


def decide_set_aside(
    submission: SetAsideSubmission | None, message: object, now: datetime
) -> Decision[SetAsideSubmission] | Refused:
    """File it as set aside, tell its first outcome again, or take what a person decides about it."""
    match message:
        case SetHeldAside():
            return message.refused or _set_held_aside(submission, message, now)
        case FileSubmission(released=release) if release is not None:
            if release.refused is None:
                raise ValueError("what is released is decided with its case")
            return release.refused
        case FileSubmission() if submission is not None:
            return _telling(submission.model_copy(update={"told": submission.told + 1}), message, INTAKE)
        case FileSubmission():
            return _file(message, now)
    raise TypeError(type(message).__name__)


def _file(command: FileSubmission, now: datetime) -> Decision[SetAsideSubmission]:
    if command.set_aside is None:
        raise ValueError("a submission is set aside without a reason")
    aside = command.set_aside
    received_at = min(command.form.received_at or now, now)
    submission = SetAsideSubmission(outcome=aside.outcome, reason=aside.reason, received_at=received_at)
    told = _telling(submission, command, INTAKE)
    rows = filing_rows(command, aside.outcome, received_at, now)
    return Decision(submission, told.events, rows=rows, result=told.result)


def _set_held_aside(
    submission: SetAsideSubmission | None, command: SetHeldAside, now: datetime
) -> Decision[SetAsideSubmission] | Refused:
    if not 0 < len(command.reason.strip()) <= LONGEST_REASON:
        values = {"longest_reason": LONGEST_REASON}
        return Refused("held-reason-length", kind="invalid", field="$.reason", values=values)
    if submission is None or submission.outcome != "held":
        raise ValueError("a submission that is held no more was not resolved again")
    first = submission.told + 1
    own = {"outcome": command.outcome, "reason": command.reason.strip(), "told": first, "first": first}
    submission = submission.model_copy(update=own)
    told = _telling(submission, command, command.actor)
    row = decided_row(command.row, command.outcome, command.actor, now)
    rows = (Put("submission_cases", command.submission_id, {**row, "reason": submission.reason}),)
    return Decision(submission, told.events, rows=rows, result=told.result)


def _telling(submission: SetAsideSubmission, command: Submitted, actor: Actor) -> Decision[SetAsideSubmission]:
    repeat = submission.told > submission.first
    event = _EVENTS[submission.outcome](
        actor=actor,
        channel=command.channel,
        external_id=command.external_id,
        received_at=submission.received_at,
        repeat=repeat,
        reason=submission.reason,
    )
    told = outcome_told(command, submission.outcome, reason=submission.reason, repeat=repeat, number=None)
    return Decision(submission, (Keyed(event, command.submission_id, submission.told),), result=told)
