# SPDX-License-Identifier: Apache-2.0
"""What an agent does with a membership request: make it one, say which file is which, check, tell (CSC-06)."""

from dataclasses import dataclass
from datetime import datetime

from chassis.decision import Decision, Refused
from intake.domain.adding import adding_refusal
from intake.domain.case import Case
from intake.domain.membership.checklist import (
    Checked,
    Documents,
    Membership,
    Requirement,
    as_told,
    began_again,
    begun,
    completed,
    decided,
    with_documents,
)
from intake.domain.membership.file import MembershipKind
from intake.domain.membership.filing import stepped, tell_missing
from intake.domain.texts import one_line
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import MembershipChecked, MembershipCompleted

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class RequestMembership:
    """The case is a membership request of this kind; ``seen``: the revision of the one that it was, 0 for none."""

    actor: Actor
    kind: MembershipKind
    version: str
    holds: tuple[str, ...]
    documents: Documents
    seen: int = 0


@dataclass(frozen=True, slots=True)
class AssignDocuments:
    """Files of the case are these documents."""

    actor: Actor
    documents: Documents


@dataclass(frozen=True, slots=True)
class CheckRequirement:
    """A requirement is accepted, or refused with a reason; ``seen``: the revision that the agent saw."""

    actor: Actor
    requirement: str
    state: Checked
    reason: str
    seen: int


@dataclass(frozen=True, slots=True)
class TellMissing:
    """The person is told what is owed."""

    actor: Actor


MembershipAct = RequestMembership | AssignDocuments | CheckRequirement | TellMissing


def act(case: Case | None, command: MembershipAct, now: datetime) -> Decision[Case] | Refused:
    """Nothing changes in a case that has ended, nor where nobody is known to whom membership could be given."""
    if case is None:
        return Refused("case-unknown", kind="not-found")
    if ended := adding_refusal(case):
        return ended
    if isinstance(command, RequestMembership):
        return _request(case, command, now)
    if case.membership is None:
        return Refused("membership-none", kind="not-found")
    match command:
        case AssignDocuments():
            return _assign(case, case.membership, command, now)
        case CheckRequirement():
            return _check(case, case.membership, command, now)
        case TellMissing():
            return _tell(case, case.membership, command, now)


def _request(case: Case, command: RequestMembership, now: datetime) -> Decision[Case] | Refused:
    if case.anonymous:
        return Refused("membership-anonymous", kind="invalid", field="$.anonymous")
    before = case.membership
    if command.seen != (before.revision if before else 0):
        return Refused("membership-changed")
    after = begun(command.kind, command.version, command.holds, command.documents, command.actor, now)
    return _decision(case, before, began_again(before, after) if before else after, command.actor, now)


def _assign(case: Case, before: Membership, command: AssignDocuments, now: datetime) -> Decision[Case] | Refused:
    for code in command.documents:
        one = before.requirement(code)
        if one is None:
            return Refused("requirement-unknown", kind="not-found")
        if one.state == "accepted":
            return Refused("requirement-changed-accepted", values=_values(one))
    return _decision(case, before, with_documents(before, command.documents, command.actor, now), command.actor, now)


def _check(case: Case, before: Membership, command: CheckRequirement, now: datetime) -> Decision[Case] | Refused:
    """Of two agents the second hears what the first did; the same agent twice changes nothing."""
    one, reason = before.requirement(command.requirement), one_line(command.reason)
    if one is None:
        return Refused("requirement-unknown", kind="not-found")
    if command.state == "refused" and not reason:
        return Refused("requirement-reason-missing", kind="invalid", field="$.reason")
    reason = reason if command.state == "refused" else ""
    if (one.state, one.reason, one.by) == (command.state, reason, command.actor):
        return _decision(case, before, before, command.actor, now)
    if one.revision != command.seen:
        return Refused(f"requirement-changed-{one.state}", values=_values(one))
    if not one.checkable:
        return Refused("requirement-without-file", values={"name": one.asked.name.es})
    after = decided(before, one, command.state, reason, command.actor, now)
    return _decision(case, before, after, command.actor, now)


def _tell(case: Case, before: Membership, command: TellMissing, now: datetime) -> Decision[Case] | Refused:
    """Never twice the same: something must have changed since."""
    if not before.owed:
        return Refused("membership-nothing-missing")
    if before.told == before.owed_now:
        return Refused("membership-told")
    case, events = tell_missing(case, before, command.actor, now)
    return Decision(case, events, result=_result(case, before))


def _decision(case: Case, before: Membership | None, after: Membership, actor: Actor, now: datetime) -> Decision[Case]:
    if after == before:
        return Decision(case, result=_result(case, after))
    checked = MembershipChecked(actor=actor, membership=as_told(after))
    if not after.complete or (before and before.complete):
        return Decision(case.model_copy(update={"membership": after}), (checked,), result=_result(case, after))
    after = completed(after, actor, now)
    case = stepped(case.model_copy(update={"membership": after}), "membership-complete", now)
    done = MembershipCompleted(actor=actor, kind=after.kind, version=after.version)
    return Decision(case, (checked, done), result=_result(case, after))


def _values(one: Requirement) -> dict[str, object]:
    return {"name": one.asked.name.es, "by": one.by.id, "reason": one.reason}


def _result(case: Case, membership: Membership) -> dict[str, object]:
    return {"case_number": case.number, "complete": membership.complete, "missing": len(membership.owed)}
