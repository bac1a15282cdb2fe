# SPDX-License-Identifier: Apache-2.0
"""What an agent does with a membership request on the page of its case (CSC-06)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from chassis.web.problems import Problem
from intake.api.cases import Agent
from intake.desk.cases import CaseDesk
from intake.desk.membership import Checking, MembershipDesk, MembershipTold, NewDocuments, NewMembership
from intake.doors import Doors
from intake.pages.case import CasePage
from intake.pages.posted import Posted, posted
from intake.pages.router import page_router
from ventanilla_contracts.envelope import Actor

_FILE, _HOLDS = "file_", "holds_"


def membership_desk_pages(doors: Doors) -> APIRouter:
    router = page_router("/desk/cases/{number}/membership")
    acts = MembershipActs(CasePage(CaseDesk(doors)))

    @router.post("", response_model=None)
    async def make(request: Request, number: str, actor: Agent) -> HTMLResponse | RedirectResponse:
        return await acts.done(request, number, actor, acts.make)

    @router.post("/documents", response_model=None)
    async def assign(request: Request, number: str, actor: Agent) -> HTMLResponse | RedirectResponse:
        return await acts.done(request, number, actor, acts.assign)

    @router.post("/requirements", response_model=None)
    async def check(request: Request, number: str, actor: Agent) -> HTMLResponse | RedirectResponse:
        return await acts.done(request, number, actor, acts.check)

    @router.post("/incomplete", response_model=None)
    async def tell(request: Request, number: str, actor: Agent) -> HTMLResponse | RedirectResponse:
        return await acts.done(request, number, actor, acts.tell)

    return router


Act = Callable[[Request, str, Posted, Actor], Awaitable[MembershipTold]]


@dataclass(frozen=True)
class MembershipActs:
    """Acts as the forms of the page say them. Raise ValidationError, Problem."""

    page: CasePage

    @property
    def desk(self) -> MembershipDesk:
        return MembershipDesk(self.page.desk)

    async def done(self, request: Request, number: str, actor: Actor, act: Act) -> HTMLResponse | RedirectResponse:
        """The case as it is then, or again with what is wrong. Raises Problem for what is wrong with no field."""
        form = await posted(request)
        try:
            await act(request, number, form, actor)
        except (ValidationError, Problem) as error:
            return await self.page.again(request, number, actor, form, error)
        return RedirectResponse(f"/desk/cases/{number}#membership", status_code=303)

    async def make(self, request: Request, number: str, form: Posted, actor: Actor) -> MembershipTold:
        return await self.desk.request(request, number, NewMembership.model_validate(_membership(form)), actor)

    async def assign(self, request: Request, number: str, form: Posted, actor: Actor) -> MembershipTold:
        documents = _documents(form)
        if not documents:
            raise Problem(422, "membership-nothing-chosen")
        return await self.desk.assign(request, number, NewDocuments.model_validate({"documents": documents}), actor)

    async def check(self, request: Request, number: str, form: Posted, actor: Actor) -> MembershipTold:
        checking = Checking.model_validate({name: form.values.get(name, "") for name in ("state", "reason", "seen")})
        requirement = form.values.get("requirement", "")[:60]
        return await self.desk.check(request, number, requirement, checking, actor)

    async def tell(self, request: Request, number: str, _: Posted, actor: Actor) -> MembershipTold:
        return await self.desk.tell(request, number, actor)


def _membership(form: Posted) -> dict[str, Any]:
    holds = [name.removeprefix(_HOLDS) for name, value in form.values.items() if name.startswith(_HOLDS)]
    yes = [code for code in holds if form.values[_HOLDS + code] == "yes"]
    kind, seen = form.values.get("kind", ""), form.values.get("seen", "0")
    return {"kind": kind, "holds": yes, "seen": seen, "documents": _documents(form)}


def _documents(form: Posted) -> list[dict[str, str]]:
    """Of the files for which a document was chosen."""
    chosen = {name: value for name, value in form.values.items() if name.startswith(_FILE) and value}
    return [{"requirement": code, "sha256": name.removeprefix(_FILE)} for name, code in chosen.items()]
