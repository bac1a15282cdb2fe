# SPDX-License-Identifier: Apache-2.0
"""A membership request is filed, and documents come to it with what the person says later (CSC-06)."""

from datetime import datetime

from intake.domain.case import Case, Step, StepCode
from intake.domain.membership.asking import by_code
from intake.domain.membership.checklist import Membership, as_told, begun, told_missing, with_documents
from intake.domain.submission import FileSubmission
from ventanilla_contracts.envelope import Actor, Event
from ventanilla_contracts.intake import (
    MembershipChecked,
    MembershipIncomplete,
    MissingRequirement,
    PersonalIncomplete,
    PersonalReason,
)

INTAKE = Actor(id="intake", role="service")


def opened(case: Case, command: FileSubmission, now: datetime) -> tuple[Case, tuple[Event, ...]]:
    """The case with its checklist. What is plainly missing the person hears at once."""
    asked = command.membership
    if asked is None:
        return case, ()
    documents = by_code(asked.documents, command.files)
    membership = begun(asked.kind, asked.version, asked.holds, documents, command.actor, now)
    case = case.model_copy(update={"membership": membership})
    return tell_missing(case, membership, INTAKE, now) if membership.owed else (case, ())


def taken(case: Case, command: FileSubmission, now: datetime) -> tuple[Case, tuple[Event, ...]]:
    """Documents that came with a message. None is lost by what changed meanwhile: it stays a file of the message."""
    before = case.membership
    if before is None or not command.documents:
        return case, ()
    after = with_documents(before, by_code(command.documents, command.files), command.actor, now)
    if after == before:
        return case, ()
    told = MembershipChecked(actor=command.actor, membership=as_told(after))
    return case.model_copy(update={"membership": after}), (told,)


def tell_missing(
    case: Case, membership: Membership, actor: Actor, now: datetime
) -> tuple[Case, tuple[MembershipIncomplete]]:
    """The person is told what is owed."""
    after = told_missing(membership, actor, now)
    reasons = tuple(PersonalReason(code=one.code, reason=one.reason) for one in membership.owed if one.reason)
    event = MembershipIncomplete(
        actor=actor,
        missing=tuple(
            MissingRequirement(
                code=one.code, name=one.asked.name.es, why="refused" if one.state == "refused" else "missing"
            )
            for one in membership.owed
        ),
        times=after.times_told,
        personal=PersonalIncomplete(reasons=reasons),
    )
    return stepped(case.model_copy(update={"membership": after}), "membership-incomplete", now), (event,)


def stepped(case: Case, code: StepCode, now: datetime) -> Case:
    """With one line more in the timeline that the person sees."""
    steps = (*case.progress.steps, Step(code=code, at=now))
    return case.model_copy(update={"progress": case.progress.model_copy(update={"steps": steps})})
