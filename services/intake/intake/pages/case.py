# SPDX-License-Identifier: Apache-2.0
"""``/desk/cases/{number}``: a case in intake, what an agent does with it; ``/desk/letters``: letters sent by many."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse
from pydantic import ValidationError

from chassis.ids import new_id
from chassis.web.auth import member_of
from chassis.web.door import door_of, locale_of
from chassis.web.problems import Problem
from intake.api.cases import Agent, mass_letters
from intake.api.desk import Desk
from intake.desk.asked import LONGEST_SECOND_MATTER, NewLink, NewSplit, Settling
from intake.desk.cases import CaseDesk
from intake.desk.person import PersonsOfCases, person_values
from intake.desk.regulator import RegulatorDesk, RegulatorSeen
from intake.doors import Doors
from intake.pages.posted import Posted, faults, posted
from intake.pages.regulator import may_report
from intake.pages.router import page_router
from ventanilla_contracts.envelope import Actor, FileRef
from ventanilla_contracts.vocabulary import DocumentType

SHOWN = 50
_ASKED_FOR = ("text", "reason", "number")
_OF_FRAUD = ("fraud_modality", "fraud_claimed", "fraud_recognised", "fraud_inquiry")
Said = Annotated[str | None, Query(max_length=40)]
Cursor = Annotated[str | None, Query(max_length=200)]
Kind = Annotated[str, Query(max_length=60)]


def case_pages(doors: Doors) -> APIRouter:
    router = page_router()
    page = CasePage(CaseDesk(doors))
    _add_looks(router, page)
    _add_acts(router, page)

    @router.get("/desk/letters")
    async def letters(request: Request, _: Desk, cursor: Cursor = None) -> HTMLResponse:
        found = await mass_letters(doors, SHOWN, cursor)
        return door_of(request).pages.render(request, "letters.html", letters=found.items, next=found.next)

    return router


def _add_looks(router: APIRouter, page: "CasePage") -> None:
    @router.get("/desk/cases")
    async def find(_: Desk, number: Annotated[str, Query(max_length=60)]) -> RedirectResponse:
        """The page of the number as it is written, however it was typed. Raises Problem 404."""
        return _to((await page.desk.case(number))[1].number)

    @router.get("/desk/cases/{number}")
    async def show(
        request: Request, number: str, actor: Desk, split: Said = None, cursor: Cursor = None, membership: Kind = ""
    ) -> HTMLResponse:
        """``membership``: of which kind of membership the case is to be a request."""
        return await page.show(request, number, actor, split=split, cursor=cursor, membership=membership)

    @router.get("/desk/cases/{number}/files/{sha256}")
    async def download(number: str, sha256: str, _: Desk) -> StreamingResponse:
        return await page.desk.download(number, sha256)


def _add_acts(router: APIRouter, page: "CasePage") -> None:
    @router.post("/desk/cases/{number}/links", response_model=None)
    async def link(request: Request, number: str, actor: Agent) -> HTMLResponse | RedirectResponse:
        async def act(form: Posted) -> None:
            new = NewLink.model_validate({name: form.values.get(name, "") for name in NewLink.model_fields})
            await page.desk.link(request, number, new, actor)

        return await page.acted(request, number, actor, act)

    @router.post("/desk/cases/{number}/links/{link}")
    async def settle(request: Request, number: str, link: str, actor: Agent) -> RedirectResponse:
        form = await posted(request)
        await page.desk.settle(request, number, link, _settling(form), actor)
        return _to(number)

    @router.post("/desk/cases/{number}/split", response_model=None)
    async def split(request: Request, number: str, actor: Agent) -> HTMLResponse | RedirectResponse:
        form = await posted(request)
        try:
            new = NewSplit.model_validate(await _second_matter(request, form))
            told = await page.desk.split(request, number, new, actor, form.values.get("form_id") or None)
        except (ValidationError, Problem) as error:
            return await page.again(request, number, actor, form, error)
        return RedirectResponse(f"/desk/cases/{told.case_number}?split={told.new_case_number}", status_code=303)


class CasePage:
    """The page of one case; again with what is wrong, and nothing typed lost."""

    def __init__(self, desk: CaseDesk) -> None:
        self.desk = desk

    async def show(self, request: Request, number: str, actor: Actor, **extra: Any) -> HTMLResponse:
        return await self._render(request, number, actor, {}, {}, **extra)

    async def acted(
        self, request: Request, number: str, actor: Actor, act: Callable[[Posted], Awaitable[object]], to: str = ""
    ) -> HTMLResponse | RedirectResponse:
        """Do it, and show the case (``to``: where on its page); or its page again with what is wrong."""
        form = await posted(request)
        try:
            await act(form)
        except (ValidationError, Problem) as error:
            return await self.again(request, number, actor, form, error)
        return RedirectResponse(f"/desk/cases/{number}{to}", status_code=303)

    async def again(
        self, request: Request, number: str, actor: Actor, form: Posted, error: ValidationError | Problem
    ) -> HTMLResponse:
        """Raises the problem again if it is not about a field."""
        if isinstance(error, Problem) and not error.errors:
            raise error
        errors = faults(request, error)
        errors |= _missing(request, form, errors)
        return await self._render(request, number, actor, form.values, errors, status=422)

    async def _render(
        self,
        request: Request,
        number: str,
        actor: Actor,
        values: Mapping[str, str],
        errors: Mapping[str, str],
        *,
        status: int = 200,
        split: str | None = None,
        cursor: str | None = None,
        membership: str = "",
    ) -> HTMLResponse:
        memberships = self.desk.doors.forms.memberships
        case, roles = await self.desk.show(number, SHOWN, cursor), set(member_of(request, actor).roles)
        platform = await RegulatorDesk(self.desk).of_case(request, number)
        who = await PersonsOfCases(self.desk).of_case(number)
        return door_of(request).pages.render(
            request,
            "case.html",
            status=status,
            case=case,
            acts="agent" in roles,
            may_mark=bool(roles & {"adviser", "agent"}),
            may_order=bool(roles & {"agent", "general-secretariat", "legal"}),
            values=values,
            errors=errors,
            form_id=values.get("form_id") or new_id(),
            split=split,
            membership_kinds=memberships.kinds,
            chosen_kind=memberships.kind(membership or values.get("kind", "")),
            longest=LONGEST_SECOND_MATTER,
            platform=platform,
            who=who,
            inquiries=await _inquiries(RegulatorDesk(self.desk), number, platform),
            lacking=_lacks_data(platform),
            person_values=values if values.get("act") == "person" else person_values(who),
            places=self.desk.doors.people.places.all,
            document_types=get_args(DocumentType),
            reports=may_report(request, actor),
        )


async def _inquiries(desk: RegulatorDesk, number: str, platform: RegulatorSeen | None) -> Sequence[FileRef] | None:
    """Which files may tell of a fraud; None where there is no closing of which somebody could say that it was one."""
    closing = platform and any(
        one.phase == "answered" and one.state not in ("sent", "by-hand") for one in platform.dispatches
    )
    return await desk.files_of(number) if closing else None


def _lacks_data(platform: RegulatorSeen | None) -> bool:
    """Whether the regulator did not take the creation, for which a datum of the person may be missing."""
    return platform is not None and any(
        one.operation == "create" and one.state == "refused" for one in platform.dispatches
    )


def _missing(request: Request, form: Posted, wrong: Mapping[str, str]) -> dict[str, str]:
    """What to write where nothing was."""
    texts, locale = door_of(request).catalogue, locale_of(request)
    words = {name: f"regulator-closing.missing.{name}" for name in _OF_FRAUD}
    if form.values.get("act") == "person":
        words["reason"] = "case-person.missing-reason"
    elif "act" not in form.values:  # the forms of what cannot wait say it themselves
        words |= {name: f"cases.missing.{name}" for name in _ASKED_FOR}
    empty = [name for name in wrong if name in words and not form.values.get(name, "").strip()]
    return {name: texts.t(words[name], locale) for name in empty}


async def _second_matter(request: Request, form: Posted) -> dict[str, Any]:
    """What is typed as the split's body; of the files those that are ticked."""
    ticked = [one for one in (await request.form()).getlist("file") if isinstance(one, str)]
    typed = {name: form.values.get(name, "").replace("\r\n", "\n") for name in ("subject", "text", "reason")}
    return {**typed, "files": ticked, "message": form.values.get("message") or None}


def _settling(form: Posted) -> Settling:
    """From a button of ours. Raises Problem for a forged one."""
    try:
        return Settling.model_validate({name: form.values.get(name, "") for name in Settling.model_fields})
    except ValidationError:
        raise Problem(422) from None


def _to(number: str) -> RedirectResponse:
    return RedirectResponse(f"/desk/cases/{number}", status_code=303)
