# SPDX-License-Identifier: Apache-2.0
"""In whose favour a complaint was resolved, whether it was a fraud, and sending again; from the list or the case."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from chassis.web.problems import Problem
from intake.api.regulator import Reporter
from intake.desk.asked import wrong
from intake.desk.cases import CaseDesk
from intake.desk.regulator import NewFavour, RegulatorDesk
from intake.doors import Doors
from intake.pages.case import CasePage
from intake.pages.posted import Posted, posted
from intake.pages.router import page_router
from intake.uploaded.scanning import any_infected
from ventanilla_contracts.envelope import FileRef

_FRAUD = ("kind", "modality", "claimed", "recognised", "inquiry")


def regulator_act_pages(doors: Doors) -> APIRouter:
    router = page_router()
    page = CasePage(CaseDesk(doors))
    desk = RegulatorDesk(page.desk)

    @router.post("/desk/cases/{number}/regulator/favour", response_model=None)
    async def decide(request: Request, number: str, actor: Reporter) -> HTMLResponse | RedirectResponse:
        form = await posted(request)
        try:
            uploaded = await _uploaded(doors, form, number)
            said = await _said(desk, request, number, form, uploaded)
            await desk.decide(request, number, NewFavour.model_validate(said), actor, uploaded)
        except ValidationError as error:
            if any(one["loc"][0] == "favour" for one in error.errors()):
                raise Problem(422) from None
            return await page.again(request, number, actor, form, error)
        except Problem as error:
            return await page.again(request, number, actor, form, error)
        return _to(number)

    @router.post("/desk/cases/{number}/regulator/retry")
    async def retry(request: Request, number: str, actor: Reporter) -> RedirectResponse:
        await posted(request)
        await desk.retry(request, number, actor)
        return _to(number)

    return router


async def _said(
    desk: RegulatorDesk, request: Request, number: str, form: Posted, uploaded: FileRef | None
) -> dict[str, Any]:
    """The list asks for the favour alone: what was said of a fraud stays."""
    favour = form.values.get("favour", "")
    if "fraud_kind" not in form.values:
        known = await desk.of_case(request, number)
        fraud = known.fraud if known else None
        return {"favour": favour, "fraud": {**fraud.model_dump(), "inquiry": fraud.inquiry.sha256} if fraud else None}
    typed = {name: form.values.get(f"fraud_{name}", "").strip() for name in _FRAUD}
    if not typed["kind"]:
        return {"favour": favour}
    amounts = {name: _pesos(typed[name]) for name in ("claimed", "recognised")}
    inquiry = uploaded.sha256 if uploaded else typed["inquiry"]
    return {"favour": favour, "fraud": {**typed, **amounts, "inquiry": inquiry}}


async def _uploaded(doors: Doors, form: Posted, number: str) -> FileRef | None:
    """The inquiry, where the case does not have it. Raises Problem."""
    if not form.uploads or not form.values.get("fraud_kind"):
        return None
    [ref] = await doors.keep(form.uploads[:1])
    if any_infected(ref):
        raise wrong("inquiry-not-of-case", "$.fraud.inquiry", number=number)
    return ref


def _pesos(typed: str) -> str:
    """1.500.000 and $ 1500000 are the same."""
    return "".join(sign for sign in typed if sign not in ".$ \u00a0")


def _to(number: str) -> RedirectResponse:
    return RedirectResponse(f"/desk/cases/{number}#regulator", status_code=303)
