# SPDX-License-Identifier: Apache-2.0
"""What an agent does with a membership request; API and pages do it in one way (CSC-06)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Request
from pydantic import BaseModel, Field

from chassis.decision import Refused
from chassis.web.asking import ask
from intake.consumers import CASES
from intake.desk.asked import wrong
from intake.desk.cases import MOST_MESSAGES, CaseDesk
from intake.desk.shown import message_shown
from intake.domain.membership.acts import (
    LONGEST_REASON,
    AssignDocuments,
    CheckRequirement,
    MembershipAct,
    RequestMembership,
    TellMissing,
)
from intake.domain.membership.asking import by_code, known_kind
from intake.domain.membership.checklist import Documents
from intake.doors import problem_of
from ventanilla_contracts.envelope import Actor, FileRef, Frozen
from ventanilla_contracts.intake import Code, MembershipDocument


class NewMembership(Frozen):
    """The case is a membership request."""

    kind: Code
    holds: Annotated[tuple[Code, ...], Field(description="The questions that the person answers with yes")] = ()
    documents: Annotated[
        tuple[MembershipDocument, ...], Field(description="Which files of the case are which document")
    ] = ()
    seen: Annotated[
        int, Field(ge=0, description="The `revision` of the request that it was when you looked; 0: it was none")
    ] = 0


class NewDocuments(Frozen):
    """Files of the case are documents of the request."""

    documents: Annotated[tuple[MembershipDocument, ...], Field(min_length=1)]


class Checking(Frozen):
    """What came of looking at a requirement."""

    state: Literal["accepted", "refused"]
    reason: Annotated[
        str, Field(max_length=LONGEST_REASON, description="Needed to refuse; the person reads it, and what to send")
    ] = ""
    seen: Annotated[int, Field(ge=1, description="The `revision` that you saw: if it is another now, nothing changes")]


class MembershipTold(BaseModel):
    case_number: str
    complete: bool
    missing: int = Field(description="How many requirements the person must still do something about")


@dataclass(frozen=True)
class MembershipDesk:
    """Every method raises Problem: 404, 409, 422, 503."""

    desk: CaseDesk

    async def request(self, request: Request, number: str, new: NewMembership, actor: Actor) -> MembershipTold:
        memberships = self.desk.doors.forms.memberships
        kind = known_kind(memberships, new.kind, new.holds)
        if isinstance(kind, Refused):
            raise problem_of(request, kind)
        case_id, _ = await self.desk.case(number)
        documents = await self._documents(case_id, new.documents)
        command = RequestMembership(actor, kind, memberships.version, new.holds, documents, new.seen)
        return await self._ask(request, case_id, command)

    async def assign(self, request: Request, number: str, new: NewDocuments, actor: Actor) -> MembershipTold:
        case_id, _ = await self.desk.case(number)
        return await self._ask(request, case_id, AssignDocuments(actor, await self._documents(case_id, new.documents)))

    async def check(
        self, request: Request, number: str, requirement: str, checking: Checking, actor: Actor
    ) -> MembershipTold:
        case_id, _ = await self.desk.case(number)
        command = CheckRequirement(actor, requirement, checking.state, checking.reason, checking.seen)
        return await self._ask(request, case_id, command)

    async def tell(self, request: Request, number: str, actor: Actor) -> MembershipTold:
        case_id, _ = await self.desk.case(number)
        return await self._ask(request, case_id, TellMissing(actor))

    async def _documents(self, case_id: str, said: Iterable[MembershipDocument]) -> Documents:
        """Only files that came with the case."""
        said = tuple(said)
        files = await self._files(case_id) if said else []
        if {one.sha256 for one in said} - {file.sha256 for file in files}:
            raise wrong("file-not-of-case", "$.documents")
        return by_code(said, files)

    async def _files(self, case_id: str) -> list[FileRef]:
        messages = [message_shown(row) for row in await self.desk.doors.links.said(case_id, MOST_MESSAGES)]
        return [file for one in messages for file in one.files]

    async def _ask(self, request: Request, case_id: str, command: MembershipAct) -> MembershipTold:
        told = await ask(self.desk.doors.commands, request, CASES, case_id, command)
        return MembershipTold.model_validate(dict(told))
