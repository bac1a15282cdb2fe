# SPDX-License-Identifier: Apache-2.0
"""Submissions that become no case: each is kept, and has its outcome told (mails in = outcomes out)."""

from datetime import datetime
from typing import Literal

from chassis.decision import Decision, Keyed
from intake.domain.filing import INTAKE, filing_rows
from intake.domain.submission import FileSubmission, outcome_told
from ventanilla_contracts.envelope import Frozen, Instant
from ventanilla_contracts.intake import SubmissionHeld, SubmissionIgnored, SubmissionRejected

_EVENTS = {"held": SubmissionHeld, "ignored": SubmissionIgnored, "rejected": SubmissionRejected}


class SetAsideSubmission(Frozen):
    """``told``: how often its outcome was told, repetitions too."""

    outcome: Literal["held", "ignored", "rejected"]
    reason: str
    received_at: Instant
    told: int = 1


def decide_set_aside(
    submission: SetAsideSubmission | None, message: object, now: datetime
) -> Decision[SetAsideSubmission]:
    """File it as set aside, or tell its first outcome again."""
    if not isinstance(message, FileSubmission):
        raise TypeError(type(message).__name__)
    if submission is not None:
        return _telling(submission.model_copy(update={"told": submission.told + 1}), message)
    if message.set_aside is None:
        raise ValueError("a submission is set aside without a reason")
    aside = message.set_aside
    received_at = min(message.form.received_at or now, now)
    submission = SetAsideSubmission(outcome=aside.outcome, reason=aside.reason, received_at=received_at)
    told = _telling(submission, message)
    rows = filing_rows(message, aside.outcome, received_at, now)
    return Decision(submission, told.events, rows=rows, result=told.result)


def _telling(submission: SetAsideSubmission, command: FileSubmission) -> Decision[SetAsideSubmission]:
    repeat = submission.told > 1
    event = _EVENTS[submission.outcome](
        actor=INTAKE,
        channel=command.channel,
        external_id=command.external_id,
        received_at=submission.received_at,
        repeat=repeat,
        reason=submission.reason,
    )
    told = outcome_told(command, submission.outcome, reason=submission.reason, repeat=repeat, number=None)
    return Decision(submission, (Keyed(event, command.submission_id, submission.told),), result=told)
