# SPDX-License-Identifier: Apache-2.0
"""Membership requests: what is asked, and what an agent does with a request (CSC-06)."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from chassis.web.asking import TAKES_IDEMPOTENCY_KEY
from intake.api.cases import Agent
from intake.api.desk import Number
from intake.desk.cases import CaseDesk
from intake.desk.membership import Checking, MembershipDesk, MembershipTold, NewDocuments, NewMembership
from intake.domain.membership.file import MembershipKind
from intake.doors import Doors

Requirement = Annotated[str, Path(max_length=60, description="The code of the requirement, as the case shows it")]


class MembershipKinds(BaseModel):
    """The organisation's list of what is checked before somebody becomes a member."""

    version: str | None = Field(description="Null where nobody asks for membership here")
    kinds: list[MembershipKind]


def membership_api(doors: Doors) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["membership"])
    desk = MembershipDesk(CaseDesk(doors))

    @router.get("/membership-kinds", openapi_extra={"security": [{}]})
    async def list_membership_kinds() -> MembershipKinds:
        """What is asked of whoever wants to become a member.

        The kinds, the questions of each, and its requirements; for whoever builds a form. A request keeps the
        requirements that hold when it is filed.
        """
        memberships = doors.forms.memberships
        return MembershipKinds(version=memberships.version or None, kinds=list(memberships.kinds))

    @router.post("/cases/{number}/membership", dependencies=[TAKES_IDEMPOTENCY_KEY])
    async def request_membership(request: Request, number: Number, new: NewMembership, actor: Agent) -> MembershipTold:
        """Make a case a membership request.

        As when a mail turns out to be one; or say that it is one of another kind: what is asked as before keeps what
        came of it.
        """
        return await desk.request(request, number, new, actor)

    @router.post("/cases/{number}/membership/documents", dependencies=[TAKES_IDEMPOTENCY_KEY])
    async def assign_documents(request: Request, number: Number, new: NewDocuments, actor: Agent) -> MembershipTold:
        """Say which files of the case are which documents.

        As when they came by mail.
        """
        return await desk.assign(request, number, new, actor)

    @router.post("/cases/{number}/membership/requirements/{requirement}", dependencies=[TAKES_IDEMPOTENCY_KEY])
    async def check_requirement(
        request: Request, number: Number, requirement: Requirement, checking: Checking, actor: Agent
    ) -> MembershipTold:
        """Accept or refuse a requirement.

        Of two agents the second hears what the first did. With the last one that is accepted the request is complete.
        """
        return await desk.check(request, number, requirement, checking, actor)

    @router.post("/cases/{number}/membership/incomplete", dependencies=[TAKES_IDEMPOTENCY_KEY])
    async def tell_missing(request: Request, number: Number, actor: Agent) -> MembershipTold:
        """Tell the person what is missing.

        By mail, and on tracking; never twice the same.
        """
        return await desk.tell(request, number, actor)

    return router
