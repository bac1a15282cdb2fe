# SPDX-License-Identifier: Apache-2.0
"""Membership requests in intake: the list of requirements, and the acts of agents, of which the story tells."""

from tests.contract.needs.stage import Stage

from intake.domain.membership.acts import AssignDocuments, CheckRequirement, MembershipAct, TellMissing
from intake.domain.membership.asking import MembershipAsked
from intake.domain.membership.checklist import Membership as Checklist
from intake.domain.membership.file import Asked, MembershipKind, Words
from ventanilla_contracts.envelope import Event, FileRef
from ventanilla_contracts.intake import (
    Membership,
    MembershipChecked,
    MembershipDocument,
    MembershipIncomplete,
    MembershipRequirement,
)

WHY = "La foto está borrosa; envíela de nuevo con buena luz."


def membership_asked(told: Membership, files: tuple[FileRef, ...]) -> MembershipAsked:
    """As the door made it; the files are the documents that were received."""
    name = Words(es=told.kind_name, en=told.kind_name)
    kind = MembershipKind(code=told.kind, name=name, requirements=tuple(_asked(one) for one in told.requirements))
    came = [one.code for one in told.requirements if one.state == "received"]
    documents = tuple(MembershipDocument(requirement=code, sha256=file.sha256) for code in came for file in files)
    return MembershipAsked(kind, told.version, (), documents)


def of_membership(stage: Stage, case_id: str, event: Event) -> MembershipAct | None:
    """What an agent did; what a person hears at the filing follows from that."""
    match event:
        case MembershipIncomplete(actor=actor) if actor.role != "service":
            return TellMissing(actor)
        case MembershipChecked():
            return _checking(stage.state("cases", case_id).membership, event)
    return None


def _checking(before: Checklist, event: MembershipChecked) -> MembershipAct:
    """The act that makes of the checklist what the story tells."""
    states = {one.code: one.state for one in before.requirements}
    changed = [one for one in event.membership.requirements if one.state != states[one.code]]
    if all(one.state == "received" for one in changed):
        return AssignDocuments(event.actor, {one.code: (_file(one.code),) for one in changed})
    [one] = changed
    known = before.requirement(one.code)
    assert known is not None
    assert one.state in ("accepted", "refused")
    return CheckRequirement(event.actor, one.code, one.state, WHY, known.revision)


def _asked(told: MembershipRequirement) -> Asked:
    return Asked(code=told.code, name=Words(es=told.name, en=told.name))


def _file(code: str) -> FileRef:
    return FileRef(sha256=(code.encode().hex() * 64)[:64], name=f"{code}.pdf", type="application/pdf", size=9000)
