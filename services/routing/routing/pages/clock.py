# SPDX-License-Identifier: Apache-2.0
"""The forms on a case's page that are about its clock (ICX-03, ICX-04)."""

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from routing.desk import Desk
from routing.domain.commands import Command, Extend, ExtendStop, ResumeClock, StopClock, Transfer, Withdraw
from routing.pages.cases import back_to, show_case, text_of
from routing.pages.clock_shown import ClockForm
from routing.roles import Writer
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.vocabulary import WithdrawalReason

LONGEST_NAME = 200
LONGEST_ADDRESS = 254


def clock_page_router(desk: Desk) -> APIRouter:
    """One address for each form; what is missing comes back on the page."""
    router = APIRouter(include_in_schema=False)

    @router.post("/cases/{number}/clock/{form_name}")
    async def send(request: Request, number: str, form_name: ClockForm, actor: Writer) -> Response:
        case = await desk.case(number)
        async with request.form() as form:
            command = _command(form_name, form, actor)
        if command is None:
            return await show_case(desk, request, case, actor, wrong=form_name)
        await desk.give(request, case, command)
        return back_to(case)

    return router


def _command(name: ClockForm, form: FormData, actor: Actor) -> Command | None:
    """None where something that is needed was left out."""
    if name == "resume-clock":
        return ResumeClock(actor, _day(form, "completed_on"))
    if name == "extend-stop":
        return ExtendStop(actor)
    text = text_of(form)
    return _with_words(name, form, actor, text) if text else None


def _with_words(name: ClockForm, form: FormData, actor: Actor, text: str) -> Command | None:
    match name:
        case "stop-clock":
            return StopClock(actor, text)
        case "extend":
            due = _day(form, "due")
            return Extend(actor, due, text) if due else None
        case "withdraw":
            asked = form.get("reason") == "asked-by-the-person"
            reason: WithdrawalReason = "asked-by-the-person" if asked else "not-completed"
            return Withdraw(actor, reason, text)
        case "transfer":
            to, address = _line(form, "to_name", LONGEST_NAME), _line(form, "to_email", LONGEST_ADDRESS)
            return Transfer(actor, to, text, address or None) if to else None
    return None


def _line(form: FormData, name: str, longest: int) -> str:
    value = form.get(name)
    return " ".join(value.split())[:longest] if isinstance(value, str) else ""


def _day(form: FormData, name: str) -> date | None:
    try:
        return date.fromisoformat(_line(form, name, 10))
    except ValueError:
        return None
